import type { Gate } from '../../../core/ports.js'
import type { Intake } from '../../../fanout/ports.js'
import type { Link } from '../link.js'
import { Leaders } from '../relay/leaders.js'
import type { Journalled } from './lane-totals.js'
import { LanesIntake } from './lanes-intake.js'

export type LanesRequest = {
  readonly link: Link
  /** The temporary topic. */
  readonly topic: string
  /** `spillway.RUN`, or what the user named. */
  readonly group: string
  /** The fan-out's own run id, for the metadata of its commits. */
  readonly run: string
  readonly host: string
  /** Whether nothing more will be written to the topic; until then lanes stay open at their end. */
  readonly isWhole: () => boolean | Promise<boolean>
  readonly gate: Gate
  /** Bytes that fetched record batches may take, over all lanes. */
  readonly bytes: number
  readonly warn: (message: string) => void
  /** Most messages that may be completed behind a committed offset. */
  readonly maxAhead: number
  /** What the journal of this run says of each lane; absent for a run that has just begun. */
  readonly journalled?: Journalled
}

/** The lanes of a temporary topic, as a member of a consumer group gets them. Joins nothing before `take` is read. Throws RunError `topic-gone`. */
export async function openLanes(request: LanesRequest): Promise<Intake> {
  return new LanesIntake(request, await Leaders.of(request.link, request.topic))
}
