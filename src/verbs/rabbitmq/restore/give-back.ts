import { onChannel } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import { takeLock } from '../../../brokers/rabbitmq/admin/take-lock.js'
import { HEARTBEAT_S } from '../../../brokers/rabbitmq/link.js'
import { textsOf } from '../../../brokers/rabbitmq/management/fields.js'
import { failpoint } from '../../../core/failpoint.js'
import { HoldGate } from '../../../core/gate.js'
import { pump } from '../../../core/pump.js'
import { Pacer } from '../../../core/rate.js'
import { isRecord } from '../../../core/revive.js'
import { temporaryQueueBase } from '../../../core/temporary-queue.js'
import { RunError } from '../../../errors.js'
import { backoff } from '../../run/backoff.js'
import { Recorder } from '../../run/recorder.js'
import { Windows } from '../drain/window.js'
import type { RabbitLinks } from '../links.js'
import type { Work } from './carry-out.js'
import { lanesOf, type QueueFacts, type Standing, unreadIn } from './facts.js'
import { inTheWay, whenLeftAlone } from './left-alone.js'
import { type Back, openLane } from './open-lane.js'

/** Each lane has read-ahead of its own, up to 32 MiB. */
const AT_ONCE = 3

/**
 * Copies what is in the lanes back into the source, a few lanes at a time, by an exchange that leads there and keeps routing keys. Gives
 * how many. Throws Refusal `claimed` while a runner is at the source; where one has begun before, it waits two heartbeats for the dead
 * connection of that.
 */
export async function giveBack(work: Work, { state }: QueueFacts): Promise<bigint> {
  const { plan, links, folder, now, rate } = work
  const exchange = `${temporaryQueueBase(plan.queue, plan.run)}.undo`
  const again = state.restored !== undefined
  await takeLock(links.link, plan.queue, again ? 2000 * HEARTBEAT_S : 0)
  const lanes = again ? await whenLeftAlone(work) : await lanesOf(links, plan)
  await leadBack(links, exchange, plan.queue)
  const recorder = await Recorder.of(folder, () => undefined)
  // Of a drain that was killed, copies may be here whose originals are still at the source.
  await new Windows(recorder, plan.queue, { now }).dropped(unreadIn(lanes))
  const back = { exchange, recorder, again, pacer: new Pacer(rate), userId: await mayImpersonate(links) }
  // The dead connection that held the messages of a lane held its lock too: to open the lane is to wait for both.
  const isFull = ({ exists, ready }: Standing) => exists && (again || ready > 0)
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
  } catch (error) {
    // A stop that comes while the lane waits for its rate finds nothing in hand.
    if (error !== signals.soft.reason) throw error
    isSettled = !signals.hard.aborted
  } finally {
    await relay.close(!isSettled)
    await (isSettled ? windows.settled(signals.soft.aborted ? undefined : relay.redelivered()) : windows.dropped())
  }
  if (signals.soft.aborted) throw stopped(plan.run)
  return moved
}

const stopped = (run: string): RunError =>
  new RunError('The undo was stopped; what was moved is back in the source, the rest is in its lanes', {
    code: 'stopped',
    hint: `Finish it: spillway restore ${run} --undo --execute.`,
  })
