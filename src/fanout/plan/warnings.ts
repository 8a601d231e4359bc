import { formatCount } from '../../core/quantity.js'
import type { FanoutDraft } from '../plan.js'
import type { FanoutLook } from './options.js'

/** A key with less of the backlog than this is no floor that anybody would notice. */
const HOT_FROM = 0.02

/** What the operator should know before saying yes; the gravest first. None of them refuses the run. */
export const fanoutWarnings = (look: FanoutLook, plan: FanoutDraft): readonly string[] => [
  'Handlers are called at least once: use SPILLWAY_ID (the same at every try) as a unique key, in one transaction with the effect',
  ...freshFirst(plan),
  ...orders(plan),
  ...hotKey(look, plan),
  ...copying(look),
  ...besides(look),
  ...identities(plan),
  ...costs(plan),
  ...look.warnings,
]

const freshFirst = ({ reads, system, order }: FanoutDraft): string[] =>
  reads === 'source' && system === 'kafka' && order === 'key'
    ? [
        'Originals that start before the run is complete cost key order: a key in both the backlog and the tail is handled out of order',
      ]
    : []

const orders = ({ order, workers, concurrency, lanes, system }: FanoutDraft): string[] => {
  if (order === 'none')
    return [
      system === 'kafka'
        ? 'Order none: two messages of a key may be handled at once, and in either order'
        : 'Order none: messages are handled in no order, as with competing consumers of any queue',
    ]
  if (order === 'lane' && workers * concurrency > lanes.length)
    return [
      `Order lane: one message of a lane at a time, so at most ${formatCount(lanes.length)} at once, not ${formatCount(workers * concurrency)}`,
    ]
  return []
}

const hotKey = ({ hottest }: FanoutLook, { order, expect }: FanoutDraft): string[] => {
  if (order !== 'key' || hottest === undefined || hottest.share < HOT_FROM) return []
  const messages = Math.round(Number(expect.messages) * hottest.share)
  return [
    `Key ${hottest.key} has ${(hottest.share * 100).toFixed(0)}% of the backlog: its ${formatCount(messages)} messages go one after the other, and no number of workers is faster than that`,
  ]
}

const copying = ({ isWhole, of }: FanoutLook): string[] =>
  isWhole ? [] : [`Drain ${of ?? ''} is not complete: the run goes on until it is, and the lanes are empty`]

const besides = ({ others }: FanoutLook): string[] =>
  others.length === 0 ? [] : [`At work there already: ${others.join(', ')}; they share the lanes`]

const identities = ({ system }: FanoutDraft): string[] =>
  system === 'kafka'
    ? []
    : [
        'A message without the message-id property gets its id from its bytes: two with the same bytes share one, and a unique key takes them for the same',
      ]

const costs = ({ handler, expect, workers }: FanoutDraft): string[] =>
  handler.kind === 'exec' && expect.messages > 100_000n && workers > 0
    ? [
        'A process a message costs milliseconds of CPU each: some hundreds a second on a machine. --worker keeps them running',
      ]
    : []
