import type { DrainRefusal } from '../../drain/refusals.js'
import type { SourceLook, TargetLook } from '../../replay/plan/options.js'

/** What is sent to where it is read would be read again, or stand there twice. Pure. */
export const circleRefusals = (
  { source }: Pick<SourceLook, 'source'>,
  { target }: Pick<TargetLook, 'target'>,
): readonly DrainRefusal[] =>
  source.split('?')[0] === target
    ? [
        {
          code: 'same',
          message: `--to ${target} is what is read`,
          hint: 'Name another topic or queue, or --to origin.',
          mayClear: false,
        },
      ]
    : []

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
