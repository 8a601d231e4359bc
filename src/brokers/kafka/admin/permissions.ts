import type { KafkaPlan } from '../../../core/plan.js'
import { temporaryPrefix } from '../../../core/temporary-topic.js'
import { BrokerError, UserError } from '../../../errors.js'
import { check } from '../errors.js'
import type { Link } from '../link.js'
import { transactionalId } from '../relay/transactional-id.js'
import { principalOf } from '../settings.js'
import { fetchRecords } from '../wire/fetch.js'
import { addPartitionsToTxn } from '../wire/transactions.js'
import { askTopicSettings } from './configs.js'
import { createTopic } from './create-topic.js'
import { askCommit } from './offsets.js'
import { describeTopic } from './topics.js'

/** Brokers hand ids out from 0 on: a small one may be a live runner's, whose transaction the probe would then join. */
const NOBODYS_ID = 2n ** 62n

export type Proving = { readonly plan: KafkaPlan; readonly source: Link; readonly target: Link }

/**
 * Proves the ACLs and policies that a run needs by requests that change nothing: brokers look at ACLs before they look
 * whether the thing is there (authorisation in kafka.server.KafkaApis), and the temporary topic is not there yet.
 * Throws UserError `permission` with everything that is missing, or with what a policy says against the topic.
 */
export async function provePermissions(proving: Proving): Promise<void> {
  const probes = [readsSource, readsSettings, commits, createsTarget, readsTargetSettings, writesInTransactions]
  await refuseMissing(probes.map(probe => probe(proving)))
}

/** What a fan-out reads, and the group whose offsets it moves. */
export type ProvingWork = {
  readonly link: Link
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly group: string
}

/** Proves the rights of a fan-out: to read the topic, and to commit for the group. Throws UserError `permission`. */
export const proveWorkPermissions = (proving: ProvingWork): Promise<void> =>
  refuseMissing([readsTopic(proving), commitsNothing(proving)])

async function refuseMissing(probes: readonly Promise<unknown>[]): Promise<void> {
  const found = await Promise.all(probes.map(missing))
  const refused = found.filter(error => error !== undefined)
  const [first, ...rest] = refused
  if (first === undefined) return
  if (rest.length === 0) throw first
  throw new UserError(`${first.message} (and ${rest.length} more)`, {
    code: first.code,
    hint: [...new Set(refused.map(({ hint }) => hint))].join(' '),
    details: refused.map(({ message }) => ({ message })),
    cause: first,
  })
}

/** A probe fails as soon as it is allowed: only a refusal counts, and a broker that went away is the run's business. */
async function missing(probe: Promise<unknown>): Promise<UserError | undefined> {
  try {
    await probe
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error
    if (error instanceof BrokerError) return undefined
    throw error
  }
}

const readsSource = ({ source: link, plan }: Proving): Promise<void> => {
  const [lane] = plan.lanes
  return readsTopic({
    link,
    topic: plan.sourceTopic,
    partition: Number(lane?.lane ?? 0),
    offset: Number(lane?.from ?? 0),
  })
}

async function readsTopic({ link, topic, partition, offset }: Omit<ProvingWork, 'group'>): Promise<void> {
  const leader = (await describeTopic(link, topic))?.partitions.find(each => each.partition === partition)?.leader
  const wire = await link.wire(leader ?? -1)
  const least = { maxBytes: 1, partitionBytes: 1, isolation: 1, maxWaitMs: 0, minBytes: 0 } as const
  const about = { doing: `Reading topic ${topic}`, topic, operation: 'Read', principal: principalOf(link.settings) }
  for (const { error } of await fetchRecords(wire, { topic, partitions: [{ partition, offset }], ...least }))
    check(error, about)
}

/** A partition that no topic has: the answer is about the ACLs of group and topic, or that there is none such. */
const NO_PARTITION = 2 ** 30

const commitsNothing = async ({ link, group, topic }: ProvingWork): Promise<void> =>
  askCommit(link, await link.any(), { group, topic, entries: [{ partition: NO_PARTITION, offset: 0, metadata: '' }] })

const readsSettings = async ({ source, plan }: Proving) =>
  askTopicSettings(source, await source.any(), plan.sourceTopic)

const readsTargetSettings = async ({ target, plan }: Proving) =>
  askTopicSettings(target, await target.any(), plan.targetTopic)

/** To a topic that never exists, so that nothing can be committed. */
async function commits({ source, plan }: Proving): Promise<void> {
  const topic = `${temporaryPrefix(plan.sourceTopic)}${plan.run}`
  const entries = [{ partition: plan.targetLanes, offset: 0, metadata: '' }]
  await askCommit(source, await source.any(), { group: plan.group, topic, entries })
}

async function createsTarget({ target, plan }: Proving): Promise<void> {
  const { targetTopic: name, targetLanes: partitions, replication, topicSettings } = plan
  try {
    await createTopic(target, { name, partitions, replication, settings: topicSettings, validateOnly: true })
  } catch (error) {
    // A topic that is there, or that a rival made just now, proves the right to make it; the claim decides between rivals.
    if (!(error instanceof BrokerError) || error.retry || error.code === 'TOPIC_ALREADY_EXISTS') throw error
    throw new UserError(error.message, { code: error.code, hint: error.hint, cause: error })
  }
}

/** With a producer that no coordinator knows: the answer is about the ACLs of id and topic, or that there is neither. */
async function writesInTransactions({ target, plan }: Proving): Promise<void> {
  if (plan.guarantee !== 'transactions') return
  const id = transactionalId(plan.group, plan.sourceTopic, Number(plan.lanes[0]?.lane ?? 0))
  const nobody = { transactionalId: id, producerId: NOBODYS_ID, epoch: 0 }
  await addPartitionsToTxn(await target.any(), { ...nobody, topic: plan.targetTopic, partitions: [0] })
}
