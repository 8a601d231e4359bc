import { typed } from '../core/later-verbs.js'
import { formatBytes, formatCount, formatDuration, formatRate } from '../core/quantity.js'
import type { Forecast, QueueSurvey } from '../core/queue-survey.js'
import type { MeasuredRate } from '../core/survey.js'
import { cheapestWay, formatEta } from './survey-text-answer.js'
import { formatTime, labelled } from './survey-text-layout.js'

/** The answer, before all detail: how much, since when, first loss, who reads, rates, the cheapest way out with its command. */
export const queueAnswer = (survey: QueueSurvey): string[] => [
  labelled('BACKLOG', howMuch(survey)),
  labelled('SINCE', sinceWhen(survey)),
  labelled('LOSS', loss(survey)),
  labelled('READERS', readers(survey)),
  labelled('RATES', rates(survey)),
  ...cheapest(survey),
]

const howMuch = ({ queue, total }: QueueSurvey): string => {
  const size = total.bytes === undefined ? '' : `, ${formatBytes(total.bytes)} of bodies`
  const unacked =
    total.unacked === undefined || total.unacked === 0n ? '' : `, ${formatCount(total.unacked)} more unacked`
  return `${formatCount(total.ready)} ready in ${queue.name}${unacked}${size}`
}

const sinceWhen = ({ total, management }: QueueSurvey): string => {
  if (total.ready === 0n) return 'nothing is waiting'
  if (total.oldestAt !== undefined)
    return `${formatTime(total.oldestAt)}, the head by its publisher's clock: ${formatDuration(total.oldestAgeSeconds ?? 0)} ago`
  return management.available
    ? 'unknown: the head tells no time (no timestamp property, or the queue type does not show it); nothing is consumed to find out'
    : 'unknown without the management API'
}

const loss = ({ total, queue, management, measuredAt }: QueueSurvey): string => {
  const { firstExpiry, full } = total
  if (!management.available) return 'unknown without the management API: TTL and length limits are not seen'
  const events = [
    ...(firstExpiry === undefined ? [] : [`${when(firstExpiry, measuredAt)} ${firstExpiry.what} (${firstExpiry.by})`]),
    ...(full === undefined ? [] : [`${when(full, measuredAt)} the queue is full: ${full.what} (${full.by})`]),
  ]
  if (events.length > 0) return events.join('; ')
  const limited = queue.settings.maxLength ?? queue.settings.maxLengthBytes
  return limited === undefined
    ? "no TTL and no limit takes messages away (a message's own expiration can't be seen from outside)"
    : `no TTL; its limit (${limited.by}) is not reached at these rates`
}

const when = ({ low, high }: Forecast, measuredAt: string): string => {
  if (high === 0) return 'NOW:'
  if (low === 0 && high !== undefined) return `AT ANY MOMENT, at the latest in ${formatDuration(high)}:`
  const at = formatTime(new Date(Date.parse(measuredAt) + low * 1000).toISOString())
  const range = high === undefined ? ' or later' : high - low < 1 ? '' : ` to ${formatDuration(high)}`
  return `in ${formatDuration(low)}${range} (${at}):`
}

const readers = (survey: QueueSurvey): string => {
  const { consumerCount, consumers, pollers, verdict, lock, windowSeconds } = survey
  if (lock !== undefined)
    return `DRAINED NOW by a run of Spillway${lock.by === undefined ? '' : ` (connection ${lock.by})`}`
  if (consumerCount > 0) {
    const hosts = [...new Set(consumers.map(({ host }) => host))].slice(0, 5)
    return `RUNNING: ${formatCount(consumerCount)} consumer${consumerCount === 1 ? '' : 's'}${hosts.length === 0 ? '' : ` on ${hosts.join(', ')}`}`
  }
  if (pollers) return 'NOT STOPPED: no consumers, yet messages are fetched with basic.get'
  if (verdict === 'unsure') return 'CANNOT PROVE THAT THEY ARE STOPPED: no consumers, yet the queue got shorter'
  return `stopped: no consumers, and nobody was seen to read for ${formatDuration(windowSeconds)}`
}

const rates = ({ total }: QueueSurvey): string => {
  const window = `over ${formatDuration(total.rateSeconds)}`
  if (total.rates === 'measured')
    return `grows ${spread(total.growthRate)}, is read at ${spread(total.serviceRate)}, ${window}${young(total)}`
  const word = total.net > 0 ? 'longer' : 'shorter'
  return total.net === 0
    ? `as long as before ${window}; what comes in and goes out is unknown without statistics`
    : `gets ${word} by ${formatRate(Math.abs(total.net))} ${window}; what comes in and goes out is unknown without statistics`
}

const young = ({ ratesAreYoung }: QueueSurvey['total']): string =>
  ratesAreYoung === true
    ? "; YOUNG: the server's own samples still hold what came before, so growth is what the count did; survey again in 10 s"
    : ''

const spread = ({ mean, low, high }: MeasuredRate): string =>
  high - low <= 0.02 * mean ? formatRate(mean) : `${formatRate(mean)} (${formatRate(low)} to ${formatRate(high)})`

const cheapest = ({ waysOut, total }: QueueSurvey): string[] => {
  if (total.ready === 0n) return []
  const way = cheapestWay(waysOut)
  if (way === undefined) return [labelled('WAY OUT', 'none in sight: every way is never or unknown, see below')]
  const eta = way.eta.verdict === 'unknown' ? unknownTime(total) : formatEta(way.eta)
  return [labelled('WAY OUT', `${way.title}: ${eta}`), `${' '.repeat(11)}${typed(way.command)}`]
}

const unknownTime = ({ ratesAreYoung }: QueueSurvey['total']): string =>
  ratesAreYoung === true ? 'time unknown, the rates are young' : 'time unknown without --service-rate N'
