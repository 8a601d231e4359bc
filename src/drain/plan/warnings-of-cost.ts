import { formatCount } from '../../core/quantity.js'
import type { Backlog } from '../../core/survey.js'
import type { Draft } from './draft.js'

/** What the operator's choices cost: order, guarantee, durability, cut-over. */
export const costWarnings = (survey: Backlog, draft: Draft): string[] => [
  ...(draft.order === 'none'
    ? ['--order none gives up the order of each key: two messages of one key may be handled in any order, or at once']
    : hotKey(survey, draft)),
  ...(draft.cutOver === 'fresh-first'
    ? ['--cut-over fresh-first gives up the order of each key between the backlog and what arrives after it']
    : []),
  ...(draft.guarantee === 'transactions'
    ? [
        `Readers of ${draft.targetTopic} must use isolation.level=read_committed: aborted copies of a crash lie there too`,
      ]
    : [
        `Counting needs ${draft.targetTopic} for itself: a foreign record would be counted as ours, and one of ours lost`,
      ]),
  ...durability(survey, draft),
]

// One ordered lane handles a hot key alone, so 1/share bounds what more lanes can give.
const hotKey = ({ skew, lanes, topic }: Backlog, { factor, targetLanes }: Draft): string[] => {
  const hottest = skew?.hottest[0]
  const even = 1 / Math.max(1, targetLanes)
  if (hottest === undefined || hottest.share < Math.max(0.02, even * 3)) return []
  const gain = 1 / (hottest.share * Math.min(lanes.length, topic.partitions))
  return [
    `Key ${hottest.key} is ${Math.round(hottest.share * 100)} % of the sample, and one key stays in one lane: at most ${times(Math.min(factor, gain))} the speed of today's partitions for it all`,
  ]
}

const times = (gain: number): string => `${gain < 10 ? Math.max(1, gain).toFixed(1) : formatCount(gain)}x`

const durability = ({ topic }: Backlog, { replication, topicSettings }: Draft): string[] => {
  const insync = Number(topicSettings['min.insync.replicas'])
  return [
    ...(replication < topic.replication
      ? [`Replication ${replication} instead of the source's ${topic.replication}: the target has no more brokers up`]
      : []),
    ...(insync < topic.minInsync ? [`min.insync.replicas ${insync} instead of the source's ${topic.minInsync}`] : []),
    ...(replication > 1 && replication === insync
      ? ['Every replica must be in sync to write: one broker down holds the copy']
      : []),
    ...(replication === 1
      ? ['Replication 1: while the run lasts, one disk holds the only copy that the group will read']
      : []),
  ]
}
