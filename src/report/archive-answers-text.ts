import { formatBytes, formatCount } from '../core/quantity.js'
import { clip, item, table } from './layout.js'

type Message = {
  readonly id: string
  readonly key: string | { readonly base64: string } | null
  readonly at: string | null
  readonly lane: string
  readonly mark: string
  readonly size: number
}

/** What `archive show` prints: a line a message. */
export function messagesText(messages: readonly Message[], more: boolean): string {
  if (messages.length === 0) return 'No message of the archive fits.'
  const rows = messages.map(({ id, key, at, lane, mark, size }) => [
    at === null ? '-' : at.replace('T', ' ').replace(/\.(\d+)Z$/, '.$1'),
    lane,
    mark,
    formatCount(size),
    key === null ? '-' : typeof key === 'string' ? clip(printable(key), 24) : `base64:${clip(key.base64, 17)}`,
    id,
  ])
  const lines = table([['time (UTC)', 'lane', 'mark', 'bytes', 'key', 'id'], ...rows], [0, 1, 4, 5])
  return [...lines, ...(more ? ['There are more: raise --limit.'] : [])].join('\n')
}

type Place = { readonly file: string; readonly byte: number; readonly why: string }
type Verified = {
  readonly run: string
  readonly sealed: boolean
  readonly files: number
  readonly bytes: number
  readonly pieces: number
  readonly messages: bigint
  readonly damage: readonly Place[]
  readonly unfinished: readonly Place[]
}

/** What `archive verify` prints. */
export function verifiedText({ run, sealed, files, bytes, pieces, messages, damage, unfinished }: Verified): string {
  const read = `${formatCount(files)} files, ${formatBytes(bytes)}, ${formatCount(pieces)} pieces, ${formatCount(messages)} messages in the index`
  const place = ({ file, byte, why }: Place): string => `${file}, byte ${formatCount(byte)}: ${why}`
  return [
    `Archive of run ${run}: ${damage.length === 0 ? 'as it was written' : 'DAMAGED'}`,
    ...item('  ', read),
    ...item('  ', sealed ? 'sealed: each file was compared with its SHA-256' : 'not sealed: the run is not complete'),
    ...damage.flatMap(each => item('  damaged     ', place(each))),
    ...unfinished.flatMap(each =>
      item('  unfinished  ', `${place(each)} (a kill leaves this; nothing of it was let go)`),
    ),
  ].join('\n')
}

type Answer = { readonly columns: readonly string[]; readonly rows: readonly (readonly unknown[])[] }

/** What `archive sql` prints: a table, numbers flush right; NULL is nothing. */
export function sqlTable({ columns, rows }: Answer): string {
  const cells = rows.map(row => row.map(cell))
  const left = columns.flatMap((_, at) => (rows.every(row => isNumber(row[at])) && rows.length > 0 ? [] : [at]))
  return `${table([columns, ...cells], left).join('\n')}\n`
}

const cell = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? printable(value) : JSON.stringify(value)

const isNumber = (value: unknown): boolean =>
  value === null || typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))

/** Bytes of others must not steer the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\u00b7')
