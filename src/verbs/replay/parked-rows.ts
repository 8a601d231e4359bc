import { join } from 'node:path'
import { shellWord } from '../../core/command-words.js'
import type { ReplayPlan } from '../../core/replay-plan.js'
import type { Io } from '../../io.js'
import { reviveParked } from '../../journal/parked.js'
import { parseLine, readLines } from '../../journal/read-lines.js'
import { PARKED_FILE } from '../../journal/run-folder.js'
import { placeOf } from '../../replay/rows/mark.js'
import { openKnownRun } from '../restore/opened.js'

/** The command that sends the rows again which a run has parked, once the mapping or the target is mended; undefined where it sent no rows. */
export function parkedRowsCommand({ run, from, target, user }: ReplayPlan): string | undefined {
  if (from.kind !== 'rows') return undefined
  const { of, key, time, from: start, to, zone } = from.rows
  return [
    `spillway replay ${shellWord(withUser(from.address, from.user))}`,
    ...(from.file === undefined
      ? ['table' in of ? `--table ${shellWord(of.table)}` : `--query ${shellWord(of.query)}`]
      : []),
    `--key ${shellWord(key)}`,
    ...(time === '' ? [] : [`--time ${shellWord(time)}`]),
    ...(start === '' ? [] : [`--from ${start} --to-time ${to}`]),
    ...(zone === undefined ? [] : [`--tz ${zone}`]),
    ...(from.map === undefined ? [] : [`--map ${shellWord(from.map.file)}`]),
    `--missing-from parked:${run} --to ${shellWord(user === undefined ? target : withUser(target, user))}`,
  ].join(' ')
}

const withUser = (address: string, user: string): string => address.replace('://', `://${encodeURIComponent(user)}@`)

/** Keys of the rows that a run has parked, as the database writes them; one that was parked twice comes twice. Throws UserError `no-such-run`. */
export async function* parkedRowKeys(run: string, io: Io): AsyncGenerator<string> {
  const file = join((await openKnownRun(run, io)).folder.path, PARKED_FILE)
  for await (const line of readLines(file)) {
    const place = placeOf(parseLine(file, line, reviveParked).origin.mark)
    if (place !== undefined) yield place.key
  }
}
