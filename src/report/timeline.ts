import type { Ending, RunEvent } from '../core/event.js'
import { formatCount } from '../core/quantity.js'
import { rejoined } from '../core/rejoin-holds.js'
import { item } from './layout.js'

/**
 * What happened when, one entry an event; batches between two other events are summed up in one line. Times are UTC, and the date stands
 * where it changes. At most 80 columns.
 */
export async function timeline(events: AsyncIterable<RunEvent> | Iterable<RunEvent>): Promise<string> {
  const lines: string[] = []
  let copied: Copied | undefined
  let day = ''
  const say = (at: string, text: string) => {
    if (at.slice(0, 10) !== day) lines.push(`${at.slice(0, 10)} (UTC)`)
    day = at.slice(0, 10)
    lines.push(...item(`  ${at.slice(11, 19)}  `, text))
  }
  for await (const event of rejoined(events)) {
    if (event.type === 'settled') copied = plusBatch(copied, event)
    const text = words(event)
    if (text === undefined) continue
    if (copied !== undefined)
      say(copied.at, `settled ${formatCount(copied.read)} messages in ${formatCount(copied.batches)} batches`)
    copied = undefined
    say(event.at, text)
  }
  if (copied !== undefined)
    say(copied.at, `settled ${formatCount(copied.read)} messages in ${formatCount(copied.batches)} batches`)
  return lines.join('\n')
}

type Copied = { readonly at: string; readonly read: bigint; readonly batches: number }

const plusBatch = (so: Copied | undefined, event: RunEvent & { type: 'settled' }): Copied => ({
  at: event.at,
  read: (so?.read ?? 0n) + event.counts.read,
  batches: (so?.batches ?? 0) + 1,
})

/** An event in words; undefined for those that only make noise one by one. */
function words(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'started':
      return `${event.resumed ? 'resumed' : 'started'} by process ${event.pid} on ${event.host}`
    case 'opened':
    case 'settled':
    case 'finished':
      return undefined
    case 'held':
      return `held: ${event.reason}${event.until === 'operator' ? ' (waits for `spillway resume`)' : ''}`
    case 'released':
      return `went on: ${event.reason} (${event.by})`
    case 'doubted':
      if (event.messages < 0n)
        return `looked into: lane ${event.lane}, ${formatCount(-event.messages)} messages: ${event.why}`
      return `in doubt: lane ${event.lane}, ${event.from} up to ${event.to}, ${formatCount(event.messages)} messages: ${event.why}`
    case 'lost':
      return `LOST: lane ${event.lane}, ${event.from} up to ${event.to}: ${event.why}`
    case 'warned':
      return `warning: ${event.message}`
    case 'steered':
      return `${event.what}, by ${event.by}`
    case 'restored':
      return `${event.how}: ${event.what}`
    case 'ended':
      return endingInWords(event.ending)
    default:
      return event satisfies never
  }
}

function endingInWords(ending: Ending): string {
  if (ending.kind === 'stopped') return `stopped: ${ending.by}`
  if (ending.kind === 'failed') return `failed: ${ending.message}`
  return ending.kind
}
