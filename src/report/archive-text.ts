import { formatBytes, formatCount } from '../core/quantity.js'
import { clip, facts, table, time } from './layout.js'

type Held = {
  readonly run: string
  readonly source: string
  readonly folder: string
  readonly sealed: boolean
  readonly messages: bigint
  readonly bytes: number
  readonly files: readonly { readonly file: string; readonly bytes: number }[]
  readonly first?: string
  readonly last?: string
}

/** What `archive ls` prints: a line an archive; says so where there is none. */
export function archivesTable(archives: readonly Held[]): string {
  if (archives.length === 0) return 'No archives on this machine yet.'
  const rows = archives.map(({ run, sealed, messages, bytes, source }) => [
    run,
    sealed ? 'yes' : 'no',
    formatCount(messages),
    formatBytes(bytes),
    source.replace(/^[a-z]+:\/\/[^/]*\//, ''),
  ])
  const lines = table([['run', 'sealed', 'messages', 'size', 'source'], ...rows], [0, 1, 4])
  return lines.map(line => clip(line, 80)).join('\n')
}

/** What `archive ls RUN` prints: what it is, and its files. */
export function filesText({ run, source, folder, sealed, messages, bytes, files, first, last }: Held): string {
  const head = facts([
    ['run', run],
    ['source', source],
    ['folder', folder],
    ['sealed', sealed ? 'yes' : 'no: the run is not complete'],
    ['messages', formatCount(messages)],
    ['size', formatBytes(bytes)],
    ['from', time(first)],
    ['to', time(last)],
  ])
  const rows = files.map(({ file, bytes: size }) => [file, formatCount(size)])
  return [...head, '', ...table([['file', 'bytes'], ...rows])].join('\n')
}
