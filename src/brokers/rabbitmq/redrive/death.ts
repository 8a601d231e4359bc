import type { Delivery } from '../wire/delivery.js'
import { type Entry, entries, findEntry } from '../wire/field-table.js'
import { has, locate, rewriteHeader, type Span } from '../wire/header-frame.js'
import { jsonOf } from '../work/field-json.js'

/**
 * What RabbitMQ adds to a message when it dead-letters it: rabbitmq.com/docs/dlx#effects. `x-death` is an array of tables, the latest death first; the
 * others say where it died first and last (the latter since 3.13).
 */
const DEATH: ReadonlySet<string> = new Set([
  'x-death',
  'x-first-death-queue',
  'x-first-death-reason',
  'x-first-death-exchange',
  'x-last-death-queue',
  'x-last-death-reason',
  'x-last-death-exchange',
])

const TEXT = 'S'.charCodeAt(0)

/** The queue in which a message died first; undefined where its headers do not say. Earlier deaths are further back in `x-death`. */
export function firstDeath({ bytes, header }: Delivery): Buffer | undefined {
  const span = tableOf(bytes, header)
  if (span === undefined) return undefined
  const first = findEntry(bytes, span, 'x-first-death-queue')
  if (first?.type === TEXT) return bytes.subarray(first.value, first.to)
  const deaths = findEntry(bytes, span, 'x-death')
  return deaths === undefined ? undefined : earliest(bytes, deaths)
}

function earliest(bytes: Buffer, deaths: Entry): Buffer | undefined {
  const list: unknown = JSON.parse(jsonOf(bytes, deaths))
  const last: unknown = Array.isArray(list) ? list.at(-1) : undefined
  const queue = typeof last === 'object' && last !== null && 'queue' in last ? last.queue : undefined
  return typeof queue === 'string' ? Buffer.from(queue) : undefined
}

/** The same delivery without what its deaths have added; every other byte is as it came. */
export function withoutDeath(delivery: Delivery): Delivery {
  const { bytes, header, body, end } = delivery
  const span = tableOf(bytes, header)
  const withoutEntries = span === undefined ? [] : [...entries(bytes, span.from, span.to)].filter(isOfDeath)
  if (withoutEntries.length === 0) return delivery
  const changed = rewriteHeader(bytes, header, { without: [], withoutEntries, append: [] })
  const joined = Buffer.concat([bytes.subarray(delivery.at, header), changed, bytes.subarray(body, end)])
  return {
    ...delivery,
    bytes: joined,
    at: 0,
    header: header - delivery.at,
    body: header - delivery.at + changed.length,
    end: joined.length,
    routing: delivery.routing - delivery.at,
  }
}

const isOfDeath = ({ name }: Entry): boolean => DEATH.has(name)

/** The entries of the headers table, without its length. */
const tableOf = (bytes: Buffer, header: number): Span | undefined => {
  const headers = has(bytes, header, 'headers') ? locate(bytes, header).headers : undefined
  return headers === undefined ? undefined : { from: headers.from + 4, to: headers.to }
}
