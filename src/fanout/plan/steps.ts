import type { Step } from '../../core/plan.js'
import { formatCount, formatDuration } from '../../core/quantity.js'
import type { FanoutDraft } from '../plan.js'

const NO_UNDO = 'no undo: what is handled is handled'

/** What is done, in order, and how each step is taken back. */
export const stepsOf = (plan: FanoutDraft): readonly Step[] => [
  ...(plan.reads === 'source' ? [stop(plan), claim(plan)] : [join(plan)]),
  hand(plan),
  settle(plan),
  park(plan),
  plan.reads === 'source' ? startOriginals(plan) : restore(plan),
]

const step = (title: string, undo = '', undoUntil = ''): Step => ({ title, undo, undoUntil })

const stop = ({ system, group, topic }: FanoutDraft): Step =>
  step(
    `You stop the consumers of ${system === 'kafka' ? group : topic}, and what would start them again`,
    'start them',
    'until step 3 begins',
  )

const claim = ({ system, group, lanes, topic }: FanoutDraft): Step =>
  system === 'kafka'
    ? step(
        `Claim ${group} on ${topic} (its commits carry the run; nobody joins it), and fix the end marks: ${endsOf(lanes)}`,
        'stopping the run leaves the offsets where all before them is handled',
      )
    : step(
        `Lock ${topic}, and fix the end: the ${lanes[0]?.to ?? 0} messages that are ready now`,
        'stopping the run gives back what is not acked',
      )

/** `0 to 1500, 1 to 1480`; the first eight of many. */
const endsOf = (lanes: FanoutDraft['lanes']): string => {
  const shown = lanes.slice(0, 8).map(({ lane, to }) => `${lane} to ${to}`)
  return `${shown.join(', ')}${lanes.length > shown.length ? `, … (all ${formatCount(lanes.length)} below, and in JSON)` : ''}`
}

const join = ({ system, group, topic, lanes }: FanoutDraft): Step =>
  system === 'kafka'
    ? step(
        `Join group ${group} on ${topic}, read_committed; every process that joins takes its share of the ${formatCount(lanes.length)} lanes`,
        'stopping the run gives its lanes to the others',
      )
    : step(
        `Consume the ${formatCount(lanes.length)} queues ${topic}.*; every process that joins takes its share`,
        'stopping the run gives back what is not acked',
      )

const ORDER = {
  key: 'the messages of a key one after the other, in their order',
  lane: 'one message of a lane at a time, in its order',
  none: 'in no order',
} as const

const hand = (plan: FanoutDraft): Step =>
  step(
    `Hand ${formatCount(plan.expect.messages)} messages to ${plan.target}, up to ${formatCount(plan.workers * plan.concurrency)} at once (${formatCount(plan.workers)} x ${formatCount(plan.concurrency)}), ${ORDER[plan.order]}`,
    NO_UNDO,
  )

const settle = ({ system, maxAhead }: FanoutDraft): Step =>
  system === 'kafka'
    ? step(
        `Commit each lane up to its first unfinished message; at most ${formatCount(maxAhead)} are done past it`,
        NO_UNDO,
      )
    : step('Ack each message once it is done', NO_UNDO)

const park = ({ retries, timeoutMs, park: where }: FanoutDraft): Step =>
  step(
    `Park what fails ${formatCount(retries + 1)} times (a try may take ${formatDuration(timeoutMs / 1000)}) ${where === undefined ? "in the run's parked.ndjson" : `at ${where}`}, with its bytes, reason and origin`,
  )

const restore = ({ of }: FanoutDraft): Step =>
  step(`Once all lanes are handled: spillway restore ${of ?? 'RUN'}; then the originals start, where the drain says`)

const startOriginals = ({ system, group, topic }: FanoutDraft): Step =>
  system === 'kafka'
    ? step(
        `You start the originals: at once in a group of their own that begins at the end marks (fresh messages first), or in ${group} once the run is complete, when it stands exactly there`,
        'stop them',
        'at any time',
      )
    : step(`You start the consumers of ${topic} once the run is complete`, 'stop them', 'at any time')
