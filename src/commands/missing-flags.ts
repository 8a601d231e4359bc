import { parseIdsAddress } from '../core/address/ids.js'
import { withoutPassword } from '../core/missing-from.js'
import { formatSeenId, parseSeenId } from '../core/seen-id.js'
import type { MissingAsked, MissingGiven } from './missing-asked.js'
import type { Problems } from './problems.js'

/** The flags that say which rows alone are sent. */
export type MissingFlags = { missingFrom?: string; seenId?: string }

const PLACE = /^(file|archive|parked):|:\/\//i

/** What `--missing-from` asks for: a path is a list of what is missing, an address is where it would have been seen. */
export function missingAsked(
  { missingFrom: text, seenId }: MissingFlags,
  { hasKeys }: { readonly hasKeys: boolean },
  problems: Problems,
): MissingAsked | undefined {
  const where = problems.read('--seen-id', seenId, parseSeenId)
  if (text === undefined) {
    if (seenId !== undefined) problems.add('--seen-id', 'is for --missing-from', 'Leave it away.')
    return undefined
  }
  if (!hasKeys) {
    problems.add(
      '--missing-from',
      'is not for dead letters, nor for rows that were parked',
      'Leave it away: all that is read there goes.',
    )
    return undefined
  }
  if (text === '') problems.add('--missing-from', 'names nothing', 'Give the file that `spillway reconcile` wrote.')
  if (!PLACE.test(text)) return { kind: 'path', path: text, seenId: where ?? { at: 'key' } }
  const address = problems.read('--missing-from', text, parseIdsAddress)
  if (address?.kind === 'database' && (address.table === undefined || address.id === undefined))
    problems.add(
      '--missing-from',
      'a database needs its table and the column of the id',
      'Write postgres://user@host/DB?table=T&id=COLUMN.',
    )
  return { kind: 'place', text, seenId: where ?? { at: 'key' } }
}

/** As flags that hold no password. */
export function missingWords(asked: MissingGiven): readonly (readonly [flag: string, value: string])[] {
  if (asked.kind === 'parked') return []
  const text = 'path' in asked ? asked.path : asked.kind === 'seen' ? asked.address : withoutPassword(asked.text)
  const id = 'seenId' in asked ? asked.seenId : 'key'
  const where = typeof id === 'string' ? id : formatSeenId(id)
  return [['--missing-from', text], ...(where === 'key' ? [] : [['--seen-id', where] as const])]
}
