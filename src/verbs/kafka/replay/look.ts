import { clusterSettings, topicSettings } from '../../../brokers/kafka/admin/configs.js'
import { describeTopic, internalTopicExists, type TopicDescription } from '../../../brokers/kafka/admin/topics.js'
import { findTraces } from '../../../brokers/kafka/claims/find-claims.js'
import type { Link } from '../../../brokers/kafka/link.js'
import { formatAddress, type KafkaAddress } from '../../../core/address.js'
import { homeFolder } from '../../../core/home.js'
import { formatDuration } from '../../../core/quantity.js'
import { runOfTemporary } from '../../../core/temporary-topic.js'
import type { DrainRefusal } from '../../../drain/refusals.js'
import { UserError } from '../../../errors.js'
import type { Io } from '../../../io.js'
import { listRuns, openRun } from '../../../journal/runs.js'
import type { TargetAsked, TargetSeen } from '../../replay/ends.js'

type Looking = { readonly asked: TargetAsked; readonly io: Io }

/** A topic as the target of a replay: what it does to messages, and what speaks against sending there. Throws UserError `no-topic`. */
export async function lookAtTarget(link: Link, address: KafkaAddress, { asked, io }: Looking): Promise<TargetSeen> {
  const place = formatAddress(address)
  const { topic } = address
  if (topic === undefined)
    throw new UserError(`${place} names no topic`, { hint: `Write ${place}/TOPIC, or --to origin.` })
  const described = await describeTopic(link, topic)
  if (described === undefined)
    throw new UserError(`Topic ${topic} is not there`, {
      code: 'no-topic',
      hint: 'Make it first, with the partitions that its readers need: kafka-topics.sh --create.',
    })
  const [settings, claims, unable] = await Promise.all([
    topicSettings(link, topic),
    claimsOn(link, topic, { asked, io }),
    asked.transactions ? withoutTransactions(link) : [],
  ])
  return {
    look: {
      system: 'kafka',
      target: asked.toOrigin ? 'origin' : place,
      place,
      clusterId: link.clusterId,
      anchor: { topic, partitions: described.partitions.length },
      warnings: [...warningsOf(topic, settings, asked.subject.oldest, io.now()), ...claims.warnings],
    },
    refusals: [...temporary(topic), ...leaderless(described), ...claims.refusals, ...unable],
  }
}

type Settings = Readonly<Record<string, string>>

function warningsOf(topic: string, settings: Settings, oldest: Date | undefined, now: Date): string[] {
  const retention = Number(settings['retention.ms'] ?? -1)
  const age = oldest === undefined ? 0 : now.getTime() - oldest.getTime()
  return [
    ...(settings['message.timestamp.type'] === 'LogAppendTime'
      ? [`${topic} stamps messages as they arrive (LogAppendTime): their own times are not kept there`]
      : []),
    ...(retention >= 0 && age > retention && (settings['cleanup.policy'] ?? 'delete').includes('delete')
      ? [
          `The oldest message is ${formatDuration(age / 1000)} old, and ${topic} keeps messages for ${formatDuration(retention / 1000)} from their own time: what is older may be deleted within minutes. Raise retention.ms first`,
        ]
      : []),
    ...((settings['cleanup.policy'] ?? '').includes('compact')
      ? [
          `${topic} is compacted: an old message that is sent again overrides a newer one of its key, and one without a key is parked`,
        ]
      : []),
  ]
}

const temporary = (topic: string): DrainRefusal[] => {
  const run = runOfTemporary(topic)
  if (run === undefined) return []
  return [
    {
      code: 'temporary',
      message: `${topic} is the temporary topic of run ${run}: what is sent there is counted as its copies`,
      hint: 'Send to the topic that it was made for, or --to origin.',
      mayClear: false,
    },
  ]
}

const leaderless = ({ name, partitions }: TopicDescription): DrainRefusal[] =>
  partitions
    .filter(({ leader }) => leader < 0)
    .map(({ partition }) => ({
      at: `partition ${partition}`,
      code: 'no-leader',
      message: `Partition ${partition} of ${name} has no leader`,
      hint: 'Bring its brokers back.',
      mayClear: true,
    }))

/** A run at work on the topic, or one that nobody here knows, might take what is sent for its own. */
async function claimsOn(link: Link, topic: string, { asked, io }: Looking) {
  const { traces } = await findTraces(link)
  const others = traces.filter(({ sourceTopic, group, run }) => {
    return sourceTopic === topic && group !== null && run !== asked.subject.run
  })
  const home = homeFolder(io.env)
  const known = new Set(await listRuns(home))
  const refusals: DrainRefusal[] = []
  const warnings: string[] = []
  for (const { run, host, group } of others) {
    const isAtWork = known.has(run) ? await (await openRun(home, run)).alive() : true
    const claimed = `Run ${run}${host === null ? '' : ` on ${host}`} has a claim on group ${group} of ${topic}`
    if (!isAtWork) warnings.push(`${claimed}: what is sent comes behind what it works on`)
    else
      refusals.push({
        code: 'claimed',
        message: claimed,
        hint: `Let it end first: spillway status ${run}; \`spillway runs --cluster\` shows it.`,
        mayClear: true,
      })
  }
  return { refusals, warnings }
}

/** __transaction_state is made with these settings when it is first asked for; a broker alone can't make three replicas. */
async function withoutTransactions(link: Link): Promise<DrainRefusal[]> {
  if ((await internalTopicExists(link, '__transaction_state')) === true) return []
  const brokers = link.nodes()
  const settings = await clusterSettings(link, brokers[0]?.node ?? -1)
  const replicas = Number(settings['transaction.state.log.replication.factor'] ?? 1)
  if (brokers.length >= replicas) return []
  return [
    {
      code: 'no-transactions',
      message: `The cluster can't do transactions: their state wants ${replicas} replicas, and ${brokers.length} ${brokers.length === 1 ? 'broker is' : 'brokers are'} up`,
      hint: 'Use --no-transaction.',
      mayClear: false,
    },
  ]
}
