import type { PlanLane } from '../../core/plan.js'
import type { Backlog, LaneView } from '../../core/survey.js'
import type { DrainOptions } from './options.js'

const GUESSED_RECORD_BYTES = 1024

/** Bytes that one lane's backlog will take once copied, before replication. */
export type LaneVolume = { readonly lane: PlanLane; readonly bytes: bigint }

/** Bytes of each lane's copy: its share of the log, else the sampled record size; times the change of compression. */
export const volumes = (
  survey: Backlog,
  lanes: readonly PlanLane[],
  options: Pick<DrainOptions, 'compress'>,
): readonly LaneVolume[] => {
  const change = compressionChange(survey, options)
  return lanes.map((lane, index) => {
    const stored = shareOfLog(survey.lanes[index], lane) ?? bySample(survey, lane)
    return { lane, bytes: BigInt(Math.ceil(stored * change)) }
  })
}

const shareOfLog = (view: LaneView | undefined, lane: PlanLane): number | undefined => {
  if (view?.logBytes === undefined) return undefined
  const held = Number(BigInt(view.end) - BigInt(view.start))
  return held > 0 ? (Number(view.logBytes) * Number(lane.messages)) / held : 0
}

const bySample = (survey: Backlog, lane: PlanLane): number => {
  const { lag, bytes } = survey.total
  const average = bytes !== undefined && lag > 0n ? Number(bytes) / Number(lag) : GUESSED_RECORD_BYTES
  return Number(lane.messages) * (survey.skew?.storedBytes || average)
}

/**
 * How much larger the copy may be than the source, at most: 1 while each batch keeps its codec; with `--compress` the
 * whole of what the source's compression saved, because nobody knows what another codec makes of the data.
 */
export const compressionChange = ({ skew }: Backlog, { compress }: Pick<DrainOptions, 'compress'>): number => {
  if (compress === undefined || skew === undefined || skew.storedBytes <= 0) return 1
  const codecs = Object.keys(skew.codecs)
  const same = codecs.length === 1 && codecs[0] === compress
  return same ? 1 : Math.max(1, skew.rawBytes / skew.storedBytes)
}

/** The sum over all lanes. */
export const totalBytes = (all: readonly LaneVolume[]): bigint => all.reduce((sum, { bytes }) => sum + bytes, 0n)
