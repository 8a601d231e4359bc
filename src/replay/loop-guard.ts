import type { Message } from '../core/message.js'
import type { ReplayExtra } from './ports.js'

/** The run that sent a message again. */
export const RUN_HEADER = 'x-replay-run'
/** How often a message was sent again. */
export const COUNT_HEADER = 'x-replay-count'

/** What a replay does to the headers of a message, and when it has been replayed often enough. */
export type Guard = {
  readonly run: string
  readonly provenance: boolean
  readonly maxReplays: number
  /** Count what was never counted before, too: dead letters go where they may die again. */
  readonly counts?: boolean
}

/** How often a message was sent again before; undefined where it does not say. The last header of that name counts. */
export function replaysOf({ headers }: Pick<Message, 'headers'>): number | undefined {
  let count: number | undefined
  for (const [name, value] of headers) {
    if (name !== COUNT_HEADER || value === null) continue
    const text = value.toString('latin1')
    if (/^\d{1,9}$/.test(text)) count = Number(text)
  }
  return count
}

/** What goes out beside the message's own headers, or why it comes no further: it came back again and again. Pure. */
export function guarded(message: Message, guard: Guard): { readonly extra: ReplayExtra } | { readonly reason: string } {
  const before = replaysOf(message)
  if (before !== undefined && before >= guard.maxReplays)
    return {
      reason: `replayed ${before} times already (--max-replays ${guard.maxReplays}): it comes back again and again`,
    }
  if (before !== undefined) return { extra: extraOf(guard, before + 1) }
  let extra = first.get(guard)
  if (extra === undefined) {
    extra = guard.provenance || guard.counts === true ? extraOf(guard, 1) : []
    first.set(guard, extra)
  }
  return { extra }
}

/** What nearly all messages get, made once: of a run there are millions. */
const first = new WeakMap<Guard, ReplayExtra>()

function extraOf({ provenance, run }: Guard, count: number): ReplayExtra {
  const counted = [COUNT_HEADER, String(count)] as const
  return provenance ? [[RUN_HEADER, run], counted] : [counted]
}
