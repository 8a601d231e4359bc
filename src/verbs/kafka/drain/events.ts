import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { ParkedRecord } from '../../../brokers/kafka/relay/lane-context.js'
import { openRelay } from '../../../brokers/kafka/relay/open-relay.js'
import { takeClaim } from '../../../brokers/kafka/relay/take-claim.js'
import { watchSource } from '../../../brokers/kafka/relay/watch-group.js'
import { defined } from '../../../core/defined.js'
import type { RunEvent } from '../../../core/event.js'
import type { KafkaPlan } from '../../../core/plan.js'
import { Allowance } from '../../run/allowance.js'
import { awaitsLanes } from '../../run/awaits-lanes.js'
import { copyLanes } from '../../run/copy-lanes.js'
import { isCopied } from '../../run/is-copied.js'
import type { LanesBoundary } from '../../run/lanes-boundary.js'
import type { Running } from '../../system.js'
import { journalledLanes, journalledProducers, PRODUCER_NOTE } from '../journalled.js'
import type { Links } from '../links.js'
import { boundaryOf } from './boundary.js'
import { makeTopic } from './make-topic.js'
import { untilVisible } from './visible.js'

/** A drain of a topic at work. */
export type Draining = Omit<Running, 'plan'> & { readonly plan: KafkaPlan; readonly links: Links }

/** Claim, temporary topic, copies, and the watch over the group: everything that happens, in order. */
export async function* drainEvents(running: Draining): AsyncGenerator<RunEvent> {
  const { plan, recorder, gate, io, soft, links } = running
  const boundary = plan.until === 'lanes-empty' ? boundaryOf(links.target, plan, gate) : undefined
  const relay = await prepare(running, boundary)
  const watching = new AbortController()
  const warn = (message: string) => recorder.record({ type: 'warned', at: io.now().toISOString(), message })
  const watch = watchSource({ link: links.source, plan, gate, warn }, watching.signal)
  // Its failure is thrown below, once the lanes have ended.
  watch.catch(() => undefined)
  try {
    yield* copyLanes(relay, running, boundary)
    await untilVisible(links.target, plan)
    if (boundary !== undefined && awaitsLanes(plan) && isCopied(plan, recorder.state)) yield* boundary.untilEmpty(soft)
  } finally {
    watching.abort()
    await watch
  }
}

async function prepare(running: Draining, boundary: LanesBoundary | undefined) {
  const {
    plan,
    links: { source, target },
    mode,
    recorder,
  } = running
  const nonce = randomBytes(4).toString('hex')
  const host = hostname().replace(/\s/g, '-')
  const { lanes, read } = journalledLanes(recorder.state)
  // The claim first: of two rivals one is refused before it has made anything.
  await takeClaim({ link: source, target, plan, host, nonce, mode, journalled: lanes })
  await makeTopic(running, read)
  const allowance = new Allowance(running.pacer, { first: plan.first, already: read, lanes: plan.lanes.length })
  const at = () => running.io.now().toISOString()
  return openRelay({
    plan,
    source,
    target,
    host,
    nonce,
    journalled: lanes,
    producers: journalledProducers(recorder.state),
    allow: signal => allowance.take(signal),
    park: parked => park(running, parked),
    // A canary ends by its number, whatever the lanes hold.
    ...defined({ boundary: plan.first === undefined ? boundary : undefined }),
    noteProducer: id => recorder.record({ type: 'steered', at: at(), what: `${PRODUCER_NOTE}${id}`, by: 'spillway' }),
  })
}

async function park({ plan, folder, io }: Draining, record: ParkedRecord): Promise<void> {
  await folder.park({
    key: record.key,
    value: record.value,
    headers: record.headers,
    timestamp: BigInt(record.timestamp),
    reason: record.reason,
    attempts: 0,
    origin: {
      target: plan.sourceTopic,
      lane: String(record.partition),
      mark: String(record.offset),
      at: io.now().toISOString(),
    },
  })
}
