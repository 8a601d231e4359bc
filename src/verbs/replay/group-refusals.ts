import type { DrainRefusal } from '../../drain/refusals.js'
import type { SourceLook, TargetLook } from '../../replay/plan/options.js'

/** The offsets of a group move in the transaction that holds the messages, or not at all. Pure. */
export const groupRefusals = (
  { group, clusterId }: Pick<SourceLook, 'group' | 'clusterId'>,
  target: Pick<TargetLook, 'system' | 'clusterId'>,
  transactions: boolean,
): readonly DrainRefusal[] => {
  if (group === undefined) return []
  const hint = 'Leave ?group= away: the run keeps its own position.'
  if (target.system !== 'kafka' || target.clusterId !== clusterId)
    return [{ code: 'group', message: `Group ${group} is on another cluster than the target`, hint, mayClear: false }]
  if (transactions) return []
  return [{ code: 'group', message: `Group ${group} moves in transactions only`, hint, mayClear: false }]
}
