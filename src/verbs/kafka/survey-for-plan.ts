import type { Link } from '../../brokers/kafka/link.js'
import { measureBacklog } from '../../brokers/kafka/survey/measure.js'
import type { Place } from '../../core/address.js'
import { asKafka, formatAddress } from '../../core/address.js'
import type { Backlog } from '../../core/survey.js'
import { UserError } from '../../errors.js'
import type { Io } from '../../io.js'

/** A dry run has time for rates; an execution measures them while it copies. Milliseconds. */
const DRY_WINDOW_MS = 2000
/** Records sampled for sizes and key skew. */
const DRY_SAMPLE = 20_000
const LIVE_SAMPLE = 2_000

/** The survey that a plan is drawn from. Throws UserError where the address lacks topic or group. */
export function surveyForPlan(
  link: Link,
  place: Place,
  { io, execute }: { io: Io; execute: boolean },
): Promise<Backlog> {
  const { topic, group } = asKafka(place.address)
  if (topic === undefined || group === undefined) {
    throw new UserError('The source needs a topic and a group', { hint: 'Write kafka://host:9092/TOPIC?group=G.' })
  }
  return measureBacklog(link, {
    topic,
    group,
    windowMs: execute ? 0 : DRY_WINDOW_MS,
    sample: execute ? LIVE_SAMPLE : DRY_SAMPLE,
    signal: io.soft,
    source: formatAddress(place.address),
  })
}
