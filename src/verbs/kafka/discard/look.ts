import { topicSettings } from '../../../brokers/kafka/admin/configs.js'
import { type BrokerLogDirs, logDirs } from '../../../brokers/kafka/admin/log-dirs.js'
import { affectedGroups } from '../../../brokers/kafka/discard/affected.js'
import { freesInWords, freesOf } from '../../../brokers/kafka/discard/disk-share.js'
import type { Link } from '../../../brokers/kafka/link.js'
import { tolerating } from '../../../brokers/kafka/survey/tolerate.js'
import type { KafkaAddress, Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { DiscardLane, LettingGo } from '../../../core/discard-plan.js'
import type { Backlog } from '../../../core/survey.js'
import type { BrokerFolder, DiscardLook } from '../../../discard/plan/options.js'
import { checkSource } from '../../../drain/plan/preconditions.js'
import { stopCommands } from '../../../drain/plan/stop-commands.js'
import { totalBytes, volumes } from '../../../drain/plan/volume.js'
import { surroundings } from '../../../drain/plan/warnings.js'
import type { DiscardAsked, DiscardSeen } from '../../discard/ends.js'
import type { Where } from '../../system.js'
import { surveyForPlan } from '../survey-for-plan.js'
import { type PrefixLanes, prefixLanes } from './lanes.js'
import { discardRefusals } from './refusals.js'

/** Surveys a topic for a discard of its prefix: the conditions of a drain, and where the prefix ends. Throws UserError for what can't be planned at all. */
export async function lookAtPrefix(link: Link, asked: DiscardAsked, { io }: Where): Promise<DiscardSeen> {
  const { request, run, how } = asked
  const survey = await surveyForPlan(link, asked.place as Place<KafkaAddress>, { io, execute: request.execute })
  checkSource(survey)
  const notes: string[] = []
  const tolerate = tolerating(notes)
  const [prefix, dirs, settings] = await Promise.all([
    prefixLanes(link, survey, request),
    tolerate('disks and sizes of the brokers', logDirs(link, survey.topic.name), []),
    tolerate('topic settings', topicSettings(link, survey.topic.name), {}),
  ])
  const found = { survey, prefix, dirs, settings, how, isRead: request.archive.keep || request.scope.kind !== 'all' }
  const affected = await affectedWords(link, found)
  return {
    look: { ...lookOf(found), affected, warnings: warningsOf(found, notes) },
    refusals: discardRefusals(survey, { run, request, how }),
  }
}

type Found = {
  readonly survey: Backlog
  readonly prefix: PrefixLanes
  readonly dirs: readonly BrokerLogDirs[]
  readonly settings: Readonly<Record<string, string>>
  readonly how: LettingGo
  /** Whether the records are read, and so counted. */
  readonly isRead: boolean
}

const lookOf = (found: Found): Omit<DiscardLook, 'affected' | 'warnings'> => {
  const { survey, prefix, dirs } = found
  const { lanes, bounds } = prefix
  const goes = lanes.some(({ messages }) => messages > 0n)
  return {
    system: 'kafka',
    source: survey.source,
    clusterId: survey.clusterId,
    topic: survey.topic.name,
    topicId: survey.topic.id,
    group: survey.group.id,
    production: survey.production,
    lanes,
    messagesIsUpperBound: goes && (survey.total.lagIsUpperBound || !found.isRead || bounds.length > 0),
    bytes: totalBytes(
      volumes(
        survey,
        lanes.map(lane => ({ ...lane, targets: [] })),
        {},
      ),
    ),
    ...defined({ frees: freesBy(found) }),
    brokerFolders: foldersOf(survey, dirs),
    stopCommands: stopCommands(survey.group.id),
  }
}

const freesBy = ({ survey, prefix, dirs, settings, how }: Found): DiscardLook['frees'] => {
  if (how !== 'delete-records' || dirs.length === 0) return undefined
  const frees = freesOf(dirs, cutsOf(survey, prefix.lanes), settings)
  const words = freesInWords(frees, { topic: settings, cluster: survey.clusterSettings })
  return { bytes: [...frees.values()].reduce((sum, bytes) => sum + bytes, 0n), words }
}

const cutsOf = ({ lanes }: Backlog, prefix: readonly DiscardLane[]) =>
  prefix.flatMap(({ lane, to }) => {
    const view = lanes.find(each => each.lane === lane)
    return view === undefined
      ? []
      : [{ partition: Number(lane), start: Number(view.start), end: Number(view.end), cut: Number(to) }]
  })

const foldersOf = ({ brokers }: Backlog, dirs: readonly BrokerLogDirs[]): BrokerFolder[] =>
  dirs.flatMap(({ node, dirs: each }) => {
    const host = brokers.find(broker => broker.node === node)?.host
    return host === undefined ? [] : each.map(({ path }) => ({ broker: `broker ${node}`, host, path }))
  })

const affectedWords = async (link: Link, { survey, prefix, how }: Found): Promise<readonly string[]> => {
  const { topic, otherGroups, groupsNotAsked } = survey
  const asked = { topic: topic.name, groups: otherGroups, lanes: prefix.lanes, deletes: how === 'delete-records' }
  const words = await affectedGroups(link, asked)
  return groupsNotAsked === undefined
    ? words
    : [...words, `${groupsNotAsked} more groups of the cluster, which were not asked whether they read ${topic.name}`]
}

/** The groups beside are told in their own place. */
const warningsOf = ({ survey, prefix }: Found, notes: readonly string[]): readonly string[] => [
  ...surroundings({ ...survey, otherGroups: [] }, { targetTopic: '' }),
  ...notes,
  ...(prefix.bounds.length === 0
    ? []
    : [
        `Partitions ${prefix.bounds.join(', ')}: a record that was read already is as late as the cut, so where they end is seen only when they are read; no later than planned`,
      ]),
]
