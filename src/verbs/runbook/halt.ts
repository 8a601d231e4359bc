import type { RunbookRunRequest } from '../../commands/runbook.js'
import { type Detail, EXIT, type ExitCode, SpillwayError, Stopped } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import { errorDocument } from '../../present/error.js'
import { toPrettyJson } from '../../present/json.js'
import { chainOf, linkOf, wayBackOf } from '../../runbook/chain.js'
import type { Step } from '../../runbook/runbook.js'
import { runbookCommandLine } from './command-again.js'
import type { Prepared } from './prepare.js'
import { recordPath } from './record.js'
import type { Session } from './session.js'
import { type Outcome, wasBegun } from './step.js'

type Showing = {
  readonly prepared: Prepared
  readonly request: RunbookRunRequest
  readonly session: Session
  readonly io: Io
  readonly present: Presentation
  readonly quote: (word: string) => string
}

/** Why a runbook stopped on the way: what does not hold, the ways back, the command that carries on. */
export class Halted extends SpillwayError {
  readonly exitCode: ExitCode
  constructor(
    message: string,
    options: { code: string; hint: string; details: readonly Detail[]; exitCode: ExitCode },
  ) {
    super(message, options)
    this.exitCode = options.exitCode
  }
}

/** The error of a step that is not done. */
export const halted = (step: Step, outcome: Outcome, showing: Showing): Halted =>
  new Halted(`Step ${step.number} (${step.name}): ${outcome.why}`, {
    code: outcome.state === 'refused' ? 'gate' : outcome.state === 'stopped' ? 'stopped' : 'step-failed',
    exitCode: exitCodeOf(outcome, showing.io),
    details: [
      ...outcome.failing.map(({ condition, seen }) => ({ at: condition, message: seen })),
      ...lookAt(step, showing),
      ...waysBack(step, showing).map(({ name, text }) => ({ at: `way back of ${name}`, message: text })),
    ],
    hint: `Carry on: ${next(showing) ?? ''}`,
  })

function lookAt(step: Step, { session, quote }: Showing): Detail[] {
  const { lookAt: message } = linkOf(step, { values: session.values, quote })
  return message === null ? [] : [{ at: 'look at', message }]
}

function exitCodeOf({ state, exitCode }: Outcome, io: Io): ExitCode {
  if (state === 'refused') return EXIT.refused
  if (state !== 'stopped') return EXIT.failed
  if (io.soft.reason instanceof Stopped) return io.soft.reason.exitCode
  return exitCode === EXIT.terminated ? EXIT.terminated : EXIT.interrupted
}

/** How this step and those before it are undone, the last one first; nothing before a step that cannot be undone and has been begun. */
function waysBack({ number }: Pick<Step, 'number'>, { prepared, session, quote }: Showing) {
  const changed = prepared.found.runbook.steps.filter(step => step.number <= number && step.changes).reverse()
  const last = changed.findIndex(step => hasNoWayBack(step) && isBegun(step, session))
  return (last === -1 ? changed : changed.slice(0, last + 1)).flatMap(step => {
    const text = wayBackOf(step, { values: session.values, quote })
    return text === null ? [] : [{ name: step.name, text }]
  })
}

const hasNoWayBack = ({ wayBack }: Step): boolean => /^none\b/i.test(wayBack?.text ?? '')

function isBegun({ name }: Step, session: Session): boolean {
  const record = session.stepRecord(name)
  return record?.state === 'done' || record?.state === 'skipped' || wasBegun(record)
}

/** The exact command that carries on; null when all is done. A value with a password has to be given again, so it is shown masked. */
function next({ prepared, request, session }: Showing): string | null {
  const { record } = session
  if (record.nextStep === null) return null
  const again = new Map([...prepared.given].filter(([name]) => record.withheld.includes(name)))
  return runbookCommandLine({ name: request.name, set: again, record: record.id, from: record.nextStep }, request)
}

/** Prints how it ended: the JSON document, or one line. */
export function show(showing: Showing, error?: SpillwayError): void {
  const { prepared, session, io, present, quote } = showing
  const { record } = session
  if (present.format === 'text') {
    const where = `Record: ${recordPath(io.env, record.id)}`
    io.out.write(error === undefined ? `\nRUNBOOK ${record.runbook}: complete\n${where}\n` : `\n${where}\n`)
    return
  }
  const steps = chainOf(prepared.found.runbook, { values: session.values, quote }).map((link, i) => ({
    ...link,
    ...(record.steps[i] ?? {}),
  }))
  const document = {
    runbook: record.runbook,
    record: record.id,
    steps,
    state: record.state,
    next: next(showing),
    kept: record.kept,
  }
  io.out.write(toPrettyJson(error === undefined ? document : { ...document, error: errorDocument(error, io.secrets) }))
}
