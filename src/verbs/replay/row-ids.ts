import { nameOfRows, type RowsAsked } from '../../core/rows-asked.js'
import type { IdBatch, IdStream } from '../../reconcile/ports.js'
import { PagePace } from '../../replay/rows/pace.js'
import type { RowPlace, RowSource } from '../../replay/rows/ports.js'

/** The keys of the rows that a replay would send, page by page as it reads them: so both write them alike. Disposing it ends the reading. */
export function rowIds(source: RowSource, asked: RowsAsked, clock: () => number): IdStream & AsyncDisposable {
  return {
    kind: 'stream',
    name: nameOfRows(asked),
    batches: (_whole, signal) => read({ source, asked, clock }, signal),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  }
}

type Reading = { readonly source: RowSource; readonly asked: RowsAsked; readonly clock: () => number }

async function* read({ source, asked, clock }: Reading, signal: AbortSignal): AsyncGenerator<IdBatch> {
  const pace = new PagePace()
  for (let after: RowPlace | undefined; ; ) {
    signal.throwIfAborted()
    const [{ size }, began] = [pace, clock()]
    const { rows, more } = await source.page(asked, after, size)
    const bytes = rows.reduce((sum, { values }) => values.reduce((all, value) => all + (value?.length ?? 0), sum), 0)
    pace.took({ rows: rows.length, bytes, milliseconds: clock() - began })
    yield { ids: rows.map(({ place }) => place.key), times: rows.map(({ at }) => (at < 0 ? null : at)) }
    after = rows.at(-1)?.place
    if (after === undefined || (more !== true && rows.length < size)) return
  }
}
