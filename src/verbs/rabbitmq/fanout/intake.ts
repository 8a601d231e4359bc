import { connect } from '../../../brokers/rabbitmq/link.js'
import { openLaneQueues } from '../../../brokers/rabbitmq/work/lane-queues.js'
import { openQueueRange } from '../../../brokers/rabbitmq/work/queue-range.js'
import { defined } from '../../../core/defined.js'
import type { Intake } from '../../../fanout/ports.js'
import type { Fanning } from '../../fanout/ends.js'
import { warnOf } from '../../fanout/warn.js'
import type { RabbitLinks } from '../links.js'
import { type Found, foundIn, foundInWords, lookAtAcked } from './acked.js'
import { ackedAtMost, givenBack, Notes } from './notes.js'

/** Consumes the lanes, or locks the queue of a source. Throws UserError, Refusal, BrokerError. */
export async function openIntake(links: RabbitLinks, running: Fanning): Promise<Intake> {
  const { recorder, io } = running
  const unseen = givenBack(recorder.state)
  const found = await foundOf(links, running)
  const notes = new Notes(recorder, io.now)
  await notes.begin()
  notes.found(sumOf(found))
  const intake = await opened(links, running, { notes, found, unseen })
  return {
    patienceMs: intake.patienceMs,
    take: soft => intake.take(soft),
    async [Symbol.asyncDispose]() {
      await intake[Symbol.asyncDispose]()
      await notes.end()
    },
  }
}

/** What an execution that was killed had acked and did not live to journal. */
async function foundOf({ link }: RabbitLinks, { plan, recorder: { state }, isWhole }: Fanning): Promise<Found> {
  const most = ackedAtMost(state)
  if (most === 0) return { acked: [], more: 0 }
  // Producers may go on filling a source.
  const isSettled = plan.reads === 'lanes' && (await isWhole())
  return foundIn(await lookAtAcked(link, plan, state), most, isSettled)
}

const sumOf = ({ acked }: Found): number => acked.reduce((sum, { messages }) => sum + messages, 0)

type Known = { readonly notes: Notes; readonly found: Found; readonly unseen: number }

function opened(links: RabbitLinks, running: Fanning, { notes, found, unseen }: Known): Promise<Intake> {
  const { plan, gate, isWhole, io, soft, recorder, mode } = running
  const shared = {
    connect: (purpose: string) => connect(links.settings, `${plan.run} ${purpose}`, soft),
    gate,
    ahead: plan.workers * plan.concurrency,
    management: links.management,
    warn: warnOf(running),
    beforeAcks: (messages: number) => notes.acking(messages),
    told: foundInWords(found, io.now().toISOString()),
    now: io.now,
    ...defined({ queueType: plan.queueType, deliveryLimit: plan.deliveryLimit }),
  }
  if (plan.reads === 'source') {
    const already = Number(recorder.state.ledger.read) + sumOf(found)
    const source = { plan, already, resumed: mode === 'resume', givenBack: unseen }
    const noteGivenBack = (messages: number) => notes.givenBack(messages)
    const { singleActiveConsumer } = plan
    return openQueueRange({ ...shared, ...source, noteGivenBack, ...defined({ singleActiveConsumer }) })
  }
  const lanes = { run: plan.of ?? plan.run, queues: plan.laneQueues ?? [], order: plan.order, isWhole }
  return openLaneQueues({ ...shared, ...lanes, ...defined({ key: plan.key }) })
}
