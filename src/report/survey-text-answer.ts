import { typed } from '../core/later-verbs.js'
import { formatBytes, formatCount, formatDuration, formatRate } from '../core/quantity.js'
import type { Eta, MeasuredRate, Survey, WayOut } from '../core/survey.js'
import { formatTime, labelled } from './survey-text-layout.js'

/** The answer, before all detail: how much, since when, first loss, group state, the cheapest way out with its command. */
export const answer = (survey: Survey): string[] => [
  labelled('BACKLOG', howMuch(survey)),
  labelled('SINCE', sinceWhen(survey)),
  labelled('LOSS', loss(survey)),
  labelled('GROUP', groupState(survey)),
  labelled('RATES', rates(survey)),
  ...cheapest(survey),
]

const howMuch = ({ topic, group, total }: Survey): string => {
  const size = total.bytes === undefined ? '' : `, about ${formatBytes(total.bytes)} in the log`
  return `${formatCount(total.lag)} unread${total.lagIsUpperBound ? ' at most' : ''} in ${topic.name} for group ${group.id}${size}`
}

const sinceWhen = ({ total }: Survey): string => {
  if (total.lag === 0n) return 'nothing is waiting'
  if (total.oldestAt === undefined) return 'unknown: the oldest unread record tells no time'
  return `${formatTime(total.oldestAt)}, the oldest unread: ${formatDuration(total.oldestAgeSeconds ?? 0)} ago`
}

const loss = (survey: Survey): string => {
  const { total, lanes, measuredAt } = survey
  const gone = total.lostAlready > 0n ? `${formatCount(total.lostAlready)} ALREADY DELETED UNREAD. ` : ''
  if (total.firstLossSeconds === undefined) return `${gone}${noLoss(survey)}`
  const first = lanes.find(lane => lane.firstLoss?.seconds === total.firstLossSeconds)
  const rule = `retention.${first?.firstLoss?.by === 'size' ? 'bytes' : 'ms'}, partition ${first?.lane ?? 'unknown'}`
  if (total.firstLossSeconds === 0) return `${gone}AT ANY MOMENT: ${rule} allows it already`
  const at = new Date(Date.parse(measuredAt) + total.firstLossSeconds * 1000).toISOString()
  return `${gone}earliest in ${formatDuration(total.firstLossSeconds)} (${formatTime(at)}) if nothing is read: ${rule}`
}

const noLoss = ({ topic, total }: Survey): string => {
  if (total.lag === 0n) return 'nothing is waiting'
  if (Object.keys(topic.settings).length === 0) return "unknown: the topic's settings can't be read"
  const byAge =
    Number(topic.settings['retention.ms'] ?? -1) >= 0 &&
    (topic.settings['cleanup.policy'] ?? 'delete').includes('delete')
  return byAge && total.oldestAt === undefined
    ? 'unknown: retention.ms is set, but no unread record tells its age'
    : 'no retention rule deletes the unread messages'
}

const groupState = ({ group, movesWithoutMembers, windowSeconds }: Survey): string => {
  if (!group.exists) return `${group.id} is not known to the cluster`
  const word = `${group.state}${group.protocol === 'none' ? '' : `, ${group.protocol} protocol`}`
  if (movesWithoutMembers.length > 0)
    return `NOT STOPPED: no members (${word}), yet offsets moved in ${movesWithoutMembers.length} partitions`
  const members = group.members.length
  if (group.verdict === 'live') return `RUNNING: ${word}, ${members} member${members === 1 ? '' : 's'}`
  if (group.verdict === 'unsure') return `CANNOT PROVE THAT IT IS STOPPED: ${word}`
  const still = `no members, offsets have not moved for ${formatDuration(windowSeconds)}`
  if (group.protocolType === '') return `looks stopped, but that can't be proved: ${word}, ${still}, no protocol type`
  return `stopped: ${word}, ${still}`
}

const rates = ({ total, windowSeconds }: Survey): string =>
  `grows ${spread(total.growth, total.growthRate)}, is read at ${spread(total.service, total.serviceRate)}, over ${formatDuration(windowSeconds)}`

const spread = (mean: number, rate: MeasuredRate | undefined): string =>
  rate === undefined || rate.high - rate.low <= 0.02 * mean
    ? formatRate(mean)
    : `${formatRate(mean)} (${formatRate(rate.low)} to ${formatRate(rate.high)})`

const cheapest = ({ waysOut, total }: Survey): string[] => {
  if (total.lag === 0n) return []
  const way = cheapestWay(waysOut)
  if (way === undefined) return [labelled('WAY OUT', 'none in sight: every way is never or unknown, see below')]
  const eta = way.eta.verdict === 'unknown' ? 'time unknown without --service-rate N' : formatEta(way.eta)
  const text = `${way.title}: ${eta}`
  return [labelled('WAY OUT', text), `${' '.repeat(11)}${typed(way.command)}`]
}

/** The first way that ends and loses nothing; else the first that may end; else the first whose end nobody knows yet. */
export const cheapestWay = (ways: readonly WayOut[]): WayOut | undefined =>
  ways.find(way => way.eta.verdict === undefined && way.eta.high !== undefined && way.losesFirst !== true) ??
  ways.find(way => way.eta.verdict === undefined && way.losesFirst !== true) ??
  ways.find(way => way.eta.verdict === undefined) ??
  ways.find(way => way.name !== 'wait' && way.eta.verdict === 'unknown')

/** `6 min to 2 h`, `2 h`, `6 min to never`, `never`, `unknown`. */
export const formatEta = ({ low, high, verdict }: Eta): string => {
  if (verdict !== undefined) return verdict
  const [from, to] = [formatDuration(low), high === undefined ? 'never' : formatDuration(high)]
  return from === to ? from : `${from} to ${to}`
}
