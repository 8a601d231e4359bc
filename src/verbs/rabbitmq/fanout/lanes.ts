import { lookAt } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import { formatAddress, type Place, type QueueAddress } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { runOfTemporary } from '../../../core/temporary-topic.js'
import { Refusal, UserError } from '../../../errors.js'
import type { FanSeen } from '../../fanout/ends.js'
import { counted } from '../../restore/words.js'
import type { RabbitLinks } from '../links.js'

/** The temporary queues of a drain, by its plan or, where that is not here, by the address that they share. */
export type LanesPlace =
  | { readonly drain: QueuePlan; readonly isWhole: boolean }
  | { readonly place: Place<QueueAddress>; readonly key: string | undefined }

/** Most temporary queues that a drain makes; their numbers have as many digits as that needs. */
const MOST_DIGITS = 4

/** Looks at temporary queues by passive declares: nothing is consumed. Throws UserError `no-queue`, Refusal `other-cluster`. */
export async function lookAtLanes(links: RabbitLinks, lanes: LanesPlace): Promise<FanSeen> {
  if ('drain' in lanes) assertCluster(lanes.drain, links)
  const queues = 'drain' in lanes ? lanes.drain.laneQueues : await queuesBehind(links, lanes.place)
  const seen = await lookAtAll(links, queues, 'drain' in lanes ? lanes.drain.run : undefined)
  const messages = seen.lanes.reduce((sum, lane) => sum + lane.messages, 0n)
  const { bytes, ...place } = 'drain' in lanes ? ofDrain(lanes.drain, messages) : ofPlace(lanes)
  const look = {
    system: 'rabbitmq' as const,
    reads: 'lanes' as const,
    clusterId: links.link.clusterName,
    vhost: links.settings.vhost,
    lanes: seen.lanes,
    laneQueues: queues,
    others: seen.others,
    warnings: [],
    refusals: [],
    stopCommands: [],
    ...place,
    expect: { messages, bytes },
    isWhole: 'drain' in lanes ? lanes.isWhole : true,
  }
  return { look, refusals: [] }
}

const ofDrain = (drain: QueuePlan, messages: bigint) => {
  const { expect, target, run, user, key, queueType } = drain
  const unknown = expect.messages === 0n || expect.bytesIsGuess
  return {
    source: target,
    topic: (drain.laneQueues[0] ?? '').replace(/\.\d+$/, ''),
    of: run,
    queueType,
    ...defined({ user, key }),
    bytes: unknown ? 0n : (expect.bytes * messages) / expect.messages,
  }
}

const ofPlace = ({ place, key }: { readonly place: Place<QueueAddress>; readonly key: string | undefined }) => {
  const topic = place.address.queue ?? ''
  const user = place.credentials?.username
  return {
    source: formatAddress(place.address),
    topic,
    ...defined({ of: runOfTemporary(topic), user, key }),
    bytes: 0n,
  }
}

async function lookAtAll(links: RabbitLinks, queues: readonly string[], run: string | undefined) {
  const lanes: FanSeen['look']['lanes'][number][] = []
  const others: string[] = []
  for (const queue of queues) {
    const seen = await lookAt(links.link, queue)
    if (seen === undefined) throw gone(queue, run)
    const messages = BigInt(seen.messages)
    lanes.push({ lane: laneOf(queue), from: '0', to: String(messages), messages })
    if (seen.consumers > 0) others.push(`${counted(seen.consumers, 'consumer')} of ${queue}`)
  }
  return { lanes, others }
}

/** `BASE.00` and on, as far as they are there. Throws UserError `no-queue` where not one is. */
async function queuesBehind({ link }: RabbitLinks, { address }: Place<QueueAddress>): Promise<readonly string[]> {
  const base = address.queue ?? ''
  for (let digits = 2; digits <= MOST_DIGITS; digits++) {
    const found: string[] = []
    const next = () => `${base}.${String(found.length).padStart(digits, '0')}`
    while ((await lookAt(link, next())) !== undefined) found.push(next())
    if (found.length > 0) return found
  }
  throw gone(`${base}.00`, undefined)
}

/** A lane is named by what stands behind the last dot of its queue: `00`. */
const laneOf = (queue: string): string => queue.slice(queue.lastIndexOf('.') + 1)

const gone = (queue: string, run: string | undefined): UserError =>
  new UserError(`The temporary queue ${queue} is not there`, {
    code: 'no-queue',
    hint:
      run === undefined
        ? 'Check its name, or name the run of the drain: spillway fanout RUN.'
        : `Has the drain moved anything yet? \`spillway status ${run}\` shows it.`,
  })

function assertCluster(drain: QueuePlan, { link, settings }: RabbitLinks): void {
  if (link.clusterName === drain.clusterName && settings.vhost === drain.vhost) return
  throw new Refusal(`The address of run ${drain.run} leads elsewhere than where it ran`, {
    code: 'other-cluster',
    hint: `It ran on cluster ${drain.clusterName}, virtual host ${drain.vhost}. Check --source and the settings file.`,
  })
}
