import type { Indexed } from '../../archive/index-search.js'
import type { ShowRequest } from '../../commands/archive-request.js'
import { defined } from '../../core/defined.js'
import { keyBytes } from '../../replay/filter.js'
import type { Found } from './find.js'

/** A message of an archive as it is shown. Its key is text, or `{base64}`; its time ISO 8601, null where it has none. */
export type ShownMessage = {
  readonly id: string
  readonly key: string | { readonly base64: string } | null
  readonly at: string | null
  readonly lane: string
  readonly mark: string
  readonly size: number
  readonly digest: string
}

/** The messages that were asked for, and whether there are more. Throws UserError, RunError as `openArchiveIndex` does. */
export async function messagesIn(
  { folder, plan }: Found,
  request: ShowRequest,
): Promise<{ readonly messages: readonly ShownMessage[]; readonly more: boolean }> {
  const { openArchiveIndex } = await import('../../archive/index-search.js')
  await using index = await openArchiveIndex({ folder, system: plan.system })
  const filter = defined({
    ids: request.ids,
    keys: request.keys?.map(keyBytes),
    from: request.from?.getTime(),
    to: request.to?.getTime(),
  })
  const messages: ShownMessage[] = []
  for await (const rows of index.rows({ ...filter, limit: request.limit + 1 })) messages.push(...rows.map(shown))
  return { messages: messages.slice(0, request.limit), more: messages.length > request.limit }
}

const shown = ({ id, key, timestamp, lane, mark, size, digest }: Indexed): ShownMessage => ({
  ...{ id, key: key === null ? null : keyOf(key), at: timeOf(timestamp) },
  ...{ lane, mark, size, digest },
})

/** Null also for what is no time, such as nanoseconds by mistake. */
function timeOf(timestamp: number): string | null {
  const time = new Date(timestamp)
  return timestamp < 0 || Number.isNaN(time.getTime()) ? null : time.toISOString()
}

function keyOf(key: Buffer): string | { readonly base64: string } {
  const text = key.toString()
  return Buffer.from(text).equals(key) ? text : { base64: key.toString('base64') }
}
