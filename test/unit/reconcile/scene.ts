import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IdBatch, IdSource, IdStream } from '../../../src/reconcile/ports.js'
import { type Reconciled, reconcile } from '../../../src/reconcile/reconcile.js'

export const folder = (): string => mkdtempSync(join(tmpdir(), 'reconcile-'))

/** Ids of a list, a thousand a batch; times by `timeOf`. */
export const stream = (
  ids: readonly (string | null)[],
  timeOf: (at: number) => number | null = () => null,
): IdStream => ({
  kind: 'stream',
  name: 'a list',
  async *batches(range): AsyncGenerator<IdBatch> {
    const all = ids.map((id, at) => ({ id, time: timeOf(at) }))
    const wanted = all.filter(({ time }) => isIn(time, range))
    for (let at = 0; at < wanted.length; at += 1000) {
      const part = wanted.slice(at, at + 1000)
      yield { ids: part.map(({ id }) => id), times: part.map(({ time }) => time) }
    }
  },
})

const isIn = (time: number | null, { from, to }: { from?: number; to?: number }): boolean =>
  (from === undefined || (time !== null && time >= from)) && (to === undefined || (time !== null && time < to))

export const run = (
  expected: IdSource,
  seen: IdSource | readonly IdSource[],
  more: { range?: { from?: number; to?: number }; signal?: AbortSignal; at?: string } = {},
): Promise<Reconciled> => {
  const at = more.at ?? folder()
  return reconcile({
    expected,
    seen: [seen].flat() as readonly IdSource[],
    range: more.range ?? {},
    missingFile: join(at, 'missing.txt'),
    temporary: at,
    signal: more.signal ?? new AbortController().signal,
  })
}

export const linesOf = (path: string): readonly string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1)
