import type { KafkaPlan } from '../../../core/plan.js'
import { BrokerError, RunError } from '../../../errors.js'
import { commitOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import { lookAtSource, type SourceView } from './look-at-source.js'

/** Lanes whose claim was taken off; `live` where the originals run already and nothing was touched. */
export type Cleared = { readonly lanes: number; readonly live: boolean }

type Subject = Pick<KafkaPlan, 'run' | 'group' | 'sourceTopic'> & {
  readonly lanes: readonly Pick<KafkaPlan['lanes'][number], 'lane' | 'metadata'>[]
}

/**
 * Takes a run's claim off the group: the same offsets again, with the metadata that stood there before the run. Lanes
 * that somebody has moved on since are left alone, a live group altogether; where the offsets have expired, `reached`
 * rules, never auto.offset.reset. Throws BrokerError, UserError, RunError `still-claimed`.
 */
export async function clearClaim(link: Link, plan: Subject, reached: ReadonlyMap<string, string>): Promise<Cleared> {
  const view = await lookAtSource(link, plan, true)
  if (view.group.verdict !== 'idle') return { lanes: 0, live: true }
  const entries = entriesOf(plan, view, reached)
  try {
    await commitOffsets(link, plan.group, plan.sourceTopic, entries)
  } catch (error) {
    // The originals joined between the look and the commit.
    if (error instanceof BrokerError && error.code === 'UNKNOWN_MEMBER_ID') return { lanes: 0, live: true }
    throw error
  }
  const left = (await lookAtSource(link, plan, true)).lanes.filter(lane => lane.claimedBy === plan.run)
  if (left.length > 0)
    throw new RunError(
      `The claim of run ${plan.run} still stands on ${left.length} partitions of ${plan.sourceTopic}`,
      {
        code: 'still-claimed',
        hint: 'A runner of this run may still live somewhere. Stop it, then give the same command again.',
      },
    )
  return { lanes: entries.length, live: false }
}

function entriesOf(plan: Subject, { lanes }: SourceView, reached: ReadonlyMap<string, string>) {
  return lanes.flatMap(({ lane, offset, claimedBy }) => {
    const metadata = plan.lanes.find(each => each.lane === lane)?.metadata ?? ''
    const mark = reached.get(lane)
    if (claimedBy === plan.run) return [{ partition: Number(lane), offset, metadata }]
    return offset < 0 && mark !== undefined ? [{ partition: Number(lane), offset: Number(mark), metadata }] : []
  })
}
