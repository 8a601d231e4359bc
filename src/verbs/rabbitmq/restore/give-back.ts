import { onChannel } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import { takeLock } from '../../../brokers/rabbitmq/admin/take-lock.js'
import { connect, HEARTBEAT_S } from '../../../brokers/rabbitmq/link.js'
import { textsOf } from '../../../brokers/rabbitmq/management/fields.js'
import { openQueueRelay } from '../../../brokers/rabbitmq/relay/open-relay.js'
import { failpoint } from '../../../core/failpoint.js'
import { CLEARED, HoldGate } from '../../../core/gate.js'
import { pump } from '../../../core/pump.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { isRecord } from '../../../core/revive.js'
import { temporaryQueueBase } from '../../../core/temporary-queue.js'
import { Refusal, RunError } from '../../../errors.js'
import { backoff } from '../../run/backoff.js'
import { Recorder } from '../../run/recorder.js'
import { withLimitOfNow } from '../drain/limit.js'
import { parking } from '../drain/park.js'
import { Windows } from '../drain/window.js'
import type { RabbitLinks } from '../links.js'
import type { Work } from './carry-out.js'
import { lanesOf, type QueueFacts, type Standing, unreadIn } from './facts.js'

/** Each lane has read-ahead of its own, up to 32 MiB. */
const AT_ONCE = 3

/**
 * Copies what is in the lanes back into the source, a few lanes at a time, by an exchange that leads there and keeps routing keys. Gives
 * how many. Throws Refusal `claimed` while a runner is at the source; where one has begun before, it waits two heartbeats for the dead
 * connection of that.
 */
export async function giveBack(work: Work, { state }: QueueFacts): Promise<bigint> {
  const { plan, links, folder, now } = work
  const exchange = `${temporaryQueueBase(plan.queue, plan.run)}.undo`
  await takeLock(links.link, plan.queue, state.restored === undefined ? 0 : 2000 * HEARTBEAT_S)
  // Looked at anew: what a dead connection held is back once its lock is gone.
  const lanes = await lanesOf(links, plan)
  await leadBack(links, exchange, plan.queue)
  const recorder = await Recorder.of(folder, () => undefined)
  // Of a drain that was killed, copies may be here whose originals are still at the source.
  await new Windows(recorder, plan.queue, { now }).dropped(unreadIn(lanes))
  const back = { exchange, recorder, userId: await mayImpersonate(links) }
  const isFull = ({ exists, ready }: Standing) => exists && ready > 0
  for (const { name } of lanes.filter(lane => !isFull(lane))) await closeWindow(name)
  const moved = await atOnce(lanes.filter(isFull), lane => emptyLane(work, lane, back))
  await onChannel(links.link, { doing: `Deleting exchange ${exchange}` }, channel => channel.deleteExchange(exchange))
  failpoint('after-give-back')
  return moved

  // Emptied by an execution that was killed before it told what had come again to it.
  function closeWindow(name: string): Promise<void> {
    return new Windows(recorder, name, { now, undo: true }).settled(0)
  }
}

/** Sums up what the work on each lane gives, a few lanes at a time; throws the first failure once all that began is over. */
async function atOnce(lanes: readonly Standing[], work: (lane: Standing) => Promise<bigint>): Promise<bigint> {
  const left = lanes.values()
  let sum = 0n
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const lane of left) {
      const moved = await work(lane)
      sum += moved
    }
  })
  const failed = (await Promise.allSettled(workers)).find(each => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return sum
}

const leadBack = ({ link }: RabbitLinks, exchange: string, queue: string): Promise<void> =>
  onChannel(link, { doing: `Binding ${queue} to ${exchange}`, queue, permission: 'write' }, async channel => {
    await channel.assertExchange(exchange, 'fanout', { durable: true, autoDelete: false })
    await channel.bindQueue(queue, exchange, '')
  })

/** Only with this tag may messages carry another's user-id (rabbitmq.com/docs/validated-user-id). */
async function mayImpersonate({ management }: RabbitLinks): Promise<boolean> {
  const answer = await management.get(['whoami'])
  if (!answer.ok || !isRecord(answer.value)) return false
  const { tags } = answer.value
  const names = typeof tags === 'string' ? tags.split(',') : (textsOf(answer.value, 'tags') ?? [])
  return names.includes('impersonator')
}

type Back = { readonly exchange: string; readonly recorder: Recorder; readonly userId: boolean }

async function emptyLane(work: Work, lane: Standing, back: Back): Promise<bigint> {
  const { plan, now, signals } = work
  const gate = new HoldGate()
  const windows = new Windows(back.recorder, lane.name, { now, undo: true })
  const relay = await openLane({ ...work, ...back, windows, gate }, lane)
  let moved = 0n
  let isSettled = false
  try {
    for (const strand of relay.lanes)
      for await (const event of pump({ source: strand, sink: strand, gate, now, backoff }, signals)) {
        if (event.type === 'settled') moved += event.counts.read
        // Nobody resumes an undo: what would wait for a person ends it.
        if (event.type === 'held' && event.until === 'operator') throw inTheWay(plan.run, event.reason)
      }
    isSettled = !signals.hard.aborted
  } finally {
    await relay.close()
    await (isSettled ? windows.settled(signals.soft.aborted ? undefined : relay.redelivered()) : windows.dropped())
  }
  if (signals.soft.aborted) throw stopped(plan.run)
  return moved
}

type Opening = Work & Back & { readonly windows: Windows; readonly gate: HoldGate }

/** The way from one lane back to the source. */
const openLane = async ({ plan, links, folder, now, signals, ...opening }: Opening, lane: Standing) => {
  const { windows, gate, exchange, userId } = opening
  return openQueueRelay({
    plan: await withLimitOfNow(asLane(plan, lane, exchange), links, signals.soft),
    connect: purpose => connect(links.settings, `${plan.run} undo ${purpose}`),
    journalled: { read: 0n, written: 0n },
    resumed: false,
    allow: async () => ({ ...UNLIMITED, settle: () => undefined }),
    park: parking(folder, now),
    release: reason => gate.release(reason, CLEARED),
    noteWindow: messages => windows.note(messages),
    noteDoubt: (messages, why) => windows.doubt(messages, why),
    putBack: { userId, counts: plan.queueType === 'quorum' },
  })
}

const UNLIMITED = { records: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER }

/** A lane as the source of a plan of its own, up to its end. */
const asLane = (plan: QueuePlan, { name, ready }: Standing, exchange: string): QueuePlan => {
  const { key: _none, first: _all, rate: _free, deliveryLimit: _ofSource, ...rest } = plan
  const whole = { lane: name, from: '0', to: String(ready), messages: BigInt(ready), targets: [0] }
  return {
    ...rest,
    queue: name,
    lanes: [whole],
    laneQueues: [exchange],
    order: 'none',
    // Until it is empty: what somebody puts back meanwhile belongs to the source as well.
    until: 'caught-up',
    singleActiveConsumer: false,
    setAside: { expiration: false, userId: false },
  }
}

const inTheWay = (run: string, reason: string): Refusal =>
  new Refusal(`The undo cannot go on: ${reason}`, {
    code: 'lane-in-use',
    hint: `Stop them, then finish it: spillway restore ${run} --undo --execute.`,
  })

const stopped = (run: string): RunError =>
  new RunError('The undo was stopped; what was moved is back in the source, the rest is in its lanes', {
    code: 'stopped',
    hint: `Finish it: spillway restore ${run} --undo --execute.`,
  })
