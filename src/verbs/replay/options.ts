import { readFile } from 'node:fs/promises'
import type { ReplayRequest } from '../../commands/requests.js'
import { defined } from '../../core/defined.js'
import type { ReplayFilter } from '../../core/replay-plan.js'
import { UserError } from '../../errors.js'
import type { ReplayOptions } from '../../replay/plan/options.js'

/** A plan lists its ids; more than this make no plan that anybody reads. */
const IDS_MOST = 100_000

/** What the operator chose; the ids of a file are read. Throws UserError `ids`. */
export async function optionsOf(request: ReplayRequest, run: string): Promise<Omit<ReplayOptions, 'now'>> {
  const { transactions, provenance, maxReplays, rate } = request
  const filter = await filterOf(request.filter)
  return { run, transactions, maxReplays, ...defined({ provenance, rate, filter }) }
}

/** Undefined where all is wanted. */
export async function filterOf({
  from,
  to,
  keys,
  ids,
  idsFile,
}: ReplayRequest['filter']): Promise<ReplayFilter | undefined> {
  const listed = [...(ids ?? []), ...(idsFile === undefined ? [] : await idsIn(idsFile))]
  const filter = defined({
    from: from?.toISOString(),
    to: to?.toISOString(),
    keys,
    ids: listed.length === 0 ? undefined : [...new Set(listed)],
  })
  return Object.keys(filter).length === 0 ? undefined : filter
}

async function idsIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(`${file} cannot be read (${cause.code})`, {
      code: 'ids',
      hint: 'Give a file of ids, one a line: --ids file:PATH.',
      cause,
    })
  })
  const ids = text.split(/\r?\n/).filter(line => line !== '')
  if (ids.length === 0)
    throw new UserError(`${file} has no ids in it`, {
      code: 'ids',
      hint: 'Write one a line; leave --ids away to send all.',
    })
  if (ids.length <= IDS_MOST) return ids
  throw new UserError(`${file} has ${ids.length} ids; a plan takes ${IDS_MOST}`, {
    code: 'ids',
    hint: 'Cut it into several files and replay one after the other.',
  })
}
