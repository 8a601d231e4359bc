import type { KafkaPlan } from '../../../core/plan.js'
import { Refusal } from '../../../errors.js'
import type { Link } from '../link.js'
import type { Totals } from '../relay/claim.js'
import { countRecords } from './count-records.js'

/**
 * Where a group's offsets are gone, the journal rules only if the target bears it out: each of these lanes' targets together must hold
 * exactly the records that the journal says were written. Gives the count of each target. Throws Refusal `offsets-gone` otherwise: never a guess.
 */
export async function assertCopies(
  link: Link,
  plan: Pick<KafkaPlan, 'group' | 'targetTopic'> & {
    readonly lanes: readonly Pick<KafkaPlan['lanes'][number], 'lane' | 'targets'>[]
  },
  gone: readonly { readonly lane: string; readonly totals: Totals }[],
): Promise<ReadonlyMap<number, number>> {
  const targetsOf = (name: string) => plan.lanes.find(({ lane }) => lane === name)?.targets ?? []
  const all = gone.flatMap(({ lane }) => targetsOf(lane))
  const counts = await countRecords(link, plan.targetTopic, all)
  const differing = gone.flatMap(({ lane, totals }) => {
    const there = targetsOf(lane).reduce((sum, target) => sum + BigInt(counts.get(target) ?? 0), 0n)
    return there === totals.written ? [] : [{ lane, there, written: totals.written }]
  })
  if (differing.length === 0) return counts
  throw new Refusal(
    `The offsets of group ${plan.group} are gone, and ${plan.targetTopic} does not hold what the journal says on ${differing.length} of ${plan.lanes.length} partitions`,
    {
      code: 'offsets-gone',
      hint: 'The runner was killed between a commit and its journal line. Set the offset of each named partition to where the copies end (compare the last copied record), with no metadata, or undo by hand.',
      details: differing.map(({ lane, there, written }) => ({
        at: `partition ${lane}`,
        message: `${there} records in its lanes, ${written} by the journal`,
      })),
    },
  )
}
