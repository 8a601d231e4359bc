import { createHash } from 'node:crypto'
import type { RunbookRunRequest } from '../../commands/runbook.js'
import { suggestion } from '../../core/did-you-mean.js'
import { Refusal, UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import type { Value } from '../../runbook/command-text.js'
import type { Runbook, Step } from '../../runbook/runbook.js'
import { valuesOf } from '../../runbook/values.js'
import { type Found, openRunbook } from './find.js'
import { PASSWORD_VARIABLES } from './password.js'
import { openRecord, type RunbookRecord } from './record.js'

/** A runbook with everything that it needs to be shown or run. */
export type Prepared = {
  readonly found: Found
  /** The first step, from 1. */
  readonly from: number
  /** As given, defaults left out. */
  readonly given: ReadonlyMap<string, string>
  readonly values: ReadonlyMap<string, Value>
  /** The record that is carried on. */
  readonly before?: RunbookRecord
}

/** Finds the runbook, its record and its values. Throws a UserError, or a Refusal where the text has changed since the record. */
export async function prepare(request: RunbookRunRequest, io: Io): Promise<Prepared> {
  const found = await openRunbook(request.name)
  const before = request.record === undefined ? undefined : await openRecord(request.record, io.env)
  if (before !== undefined) assertSame(found, before)
  const from = firstStep(found.runbook, request.from ?? before?.nextStep ?? undefined)
  const given = new Map([...Object.entries(before?.given ?? {}), ...request.set])
  assertAllGiven(before, request.set, io)
  const kept = new Map(Object.entries(before?.kept ?? {}))
  const values = valuesOf(found.runbook, { given, kept, from: from.number })
  return { found, from: from.number, given, values, ...(before === undefined ? {} : { before }) }
}

/** SHA-256 of the text, hex. */
export const digestOf = (markdown: string): string => createHash('sha256').update(markdown).digest('hex')

function assertSame({ name, path, markdown }: Found, record: RunbookRecord): void {
  if (record.runbook !== name)
    throw new UserError(`Record ${record.id} is one of ${record.runbook}, not of ${name}`, {
      hint: `Name ${record.runbook}.`,
    })
  if (record.digest === digestOf(markdown)) return
  throw new Refusal(`${path} has changed since record ${record.id} was begun`, {
    code: 'runbook-changed',
    hint: 'Look at what has changed. To go on with the new text leave --record out: give --from and every value with --set.',
  })
}

function firstStep({ steps }: Runbook, wanted: string | undefined): Step {
  const found =
    wanted === undefined ? steps[0] : steps.find(step => step.name === wanted || String(step.number) === wanted)
  if (found !== undefined) return found
  throw new UserError(`--from: there is no step "${wanted}"`, {
    hint: suggestion(
      wanted ?? '',
      steps.map(({ name }) => name),
      'steps',
    ),
  })
}

/** A value with a password is kept without it; the password comes from the environment or with the value given again. */
function assertAllGiven(before: RunbookRecord | undefined, set: ReadonlyMap<string, string>, io: Io): void {
  const lost = (before?.withheld ?? []).filter(name => !set.has(name))
  if (lost.length === 0 || PASSWORD_VARIABLES.some(name => io.env[name])) return
  throw new UserError(`${lost.join(' and ')} held a password, which is stored nowhere`, {
    code: 'credentials',
    hint: `Give it again with --set ${lost[0]}=…, or put the password into SPILLWAY_PASSWORD (of a database: PGPASSWORD, MYSQL_PWD).`,
  })
}
