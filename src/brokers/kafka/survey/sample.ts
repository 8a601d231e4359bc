import { SpillwayError, UserError } from '../../../errors.js'
import type { Link } from '../link.js'
import { batchStarts } from './batches.js'
import { fetchAt, type Spot } from './fetch-at.js'
import { addBatch, emptySample, type LaneSample } from './lane-sample.js'
import { type Stretch, sampleSpots, type Unread } from './sample-spots.js'

/** A bounded look into a backlog. `leaders` by partition; sampling ends after `withinMs` whatever is left. */
export type SampleRequest = {
  readonly topic: string
  readonly leaders: ReadonlyMap<number, number>
  readonly lanes: readonly Unread[]
  readonly records: number
  readonly maxMessageBytes: number
  readonly withinMs: number
  readonly now: number
  readonly signal: AbortSignal
}

/** What was found, and in words what could not be sampled. */
export type Sampled = { readonly samples: readonly LaneSample[]; readonly notSampled: readonly string[] }

/**
 * Samples all partitions, the brokers side by side. A partition that can't be read is named, not thrown; but a codec that
 * nobody here knows is: UserError `unknown-codec`.
 */
export const sampleBacklog = async (link: Link, request: SampleRequest): Promise<Sampled> => {
  const spots = sampleSpots(request.lanes, request.records)
  const deadline = performance.now() + request.withinMs
  const brokers = new Map<number, number[]>()
  for (const partition of spots.keys()) {
    const leader = request.leaders.get(partition) ?? -1
    const led = brokers.get(leader)
    if (led) led.push(partition)
    else brokers.set(leader, [partition])
  }
  const work = [...brokers].map(([leader, partitions]) =>
    sampleBroker(link, request, { leader, partitions, spots, deadline }),
  )
  const parts = await Promise.all(work)
  return { samples: parts.flatMap(part => part.samples), notSampled: parts.flatMap(part => part.notSampled) }
}

type Share = {
  readonly leader: number
  readonly partitions: readonly number[]
  readonly spots: ReadonlyMap<number, readonly Stretch[]>
  readonly deadline: number
}

const sampleBroker = async (link: Link, request: SampleRequest, share: Share): Promise<Sampled> => {
  const samples: LaneSample[] = []
  const notSampled: string[] = []
  for (const partition of share.partitions) {
    const lane = request.lanes.find(each => each.partition === partition)
    const sample = emptySample(String(partition), lane === undefined ? 0n : lane.to - lane.from)
    samples.push(sample)
    for (const stretch of share.spots.get(partition) ?? []) {
      if (request.signal.aborted || performance.now() > share.deadline) {
        notSampled.push(`partition ${partition}: time ran out`)
        break
      }
      const failure = await sampleStretch(
        link,
        { topic: request.topic, partition, leader: share.leader },
        { request, stretch, sample },
      )
      if (failure !== undefined) {
        notSampled.push(`partition ${partition}: ${failure}`)
        break
      }
    }
  }
  return { samples, notSampled }
}

type Look = { readonly request: SampleRequest; readonly stretch: Stretch; readonly sample: LaneSample }

const LEAST_BYTES = 65_536
const MOST_BYTES = 1_048_576

const sampleStretch = async (
  link: Link,
  spot: Spot,
  { request, stretch, sample }: Look,
): Promise<string | undefined> => {
  const each = sample.batchRecords === 0 ? 1024 : sample.batchBytes / sample.batchRecords
  const bytes = Math.round(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, each * stretch.records)))
  const until = sample.records + stretch.records
  try {
    const records = await fetchAt(link, spot, { offset: stretch.from, bytes })
    for (const at of batchStarts(records)) {
      if (sample.records >= until) break
      const bounds = { ...request, ...stretch, records: until - sample.records }
      addBatch(sample, records, { at, bounds })
    }
    return undefined
  } catch (error) {
    // No run can carry these: said now, before anything starts.
    if (error instanceof SpillwayError && error.code === 'unknown-codec') throw cannotRead(spot, error)
    if (error instanceof SpillwayError) return error.message
    throw error
  }
}

const cannotRead = ({ topic, partition }: Spot, cause: SpillwayError): UserError =>
  new UserError(`Partition ${partition} of ${topic} cannot be read: ${cause.message}`, {
    code: cause.code,
    hint: cause.hint,
    cause,
  })
