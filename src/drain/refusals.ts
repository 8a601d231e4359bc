import type { Backlog } from '../core/survey.js'
import { type Detail, Refusal } from '../errors.js'
import type { Draft } from './plan/draft.js'
import type { PartitionLimits } from './plan/options.js'
import { groupRefusals } from './plan/refusals-of-group.js'
import { positionRefusals } from './plan/refusals-of-positions.js'
import { roomRefusals } from './plan/refusals-of-room.js'
import type { TargetCluster } from './plan/target.js'

/** One reason why `--execute` refuses now. */
export type DrainRefusal = Detail & {
  readonly code: string
  readonly hint: string
  /** It may clear by itself, so `--wait` polls for it. */
  readonly mayClear: boolean
}

/** What the survey of now says against running a plan; the source's own cluster unless another target is given. */
export type Against = {
  readonly target?: TargetCluster
  readonly limits?: Partial<PartitionLimits>
}

/** Everything that `--execute` refuses with 4, all at once. Pure: `--wait` asks again with a new survey. */
export const drainRefusals = (survey: Backlog, draft: Draft, against: Against = {}): readonly DrainRefusal[] => [
  ...groupRefusals(survey, draft),
  ...positionRefusals(survey, draft),
  ...roomRefusals(survey, draft, against),
]

/** One line a refusal, as plans and envelopes list them. */
export const refusalInWords = ({ at, message, hint }: DrainRefusal): string =>
  `${at === undefined ? '' : `${at}: `}${message}. ${hint}`

/** The error of all refusals together, each with what clears it. Its code is the first one's. */
export const toRefusal = (refusals: readonly [DrainRefusal, ...DrainRefusal[]]): Refusal => {
  const [first, ...others] = refusals
  const detail = ({ at, message, hint }: DrainRefusal): Detail => ({
    ...(at !== undefined && { at }),
    message: others.length === 0 ? message : `${message}. ${hint}`,
  })
  return new Refusal(others.length === 0 ? first.message : `${first.message} (and ${others.length} more)`, {
    code: first.code,
    hint:
      others.length === 0 ? first.hint : 'Nothing was changed. Clear all of these, then give the same command again.',
    details: refusals.map(detail),
  })
}
