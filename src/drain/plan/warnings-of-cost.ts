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

// One ordered lane handles a hot key alone, so its share of today's fullest partition bounds what more lanes give.
const hotKey = ({ skew }: Backlog, { factor, lanes, expect }: Draft): string[] => {
  const hottest = skew?.hottest[0]
  if (hottest === undefined || expect.messages === 0n) return []
  const fullest = Math.max(...lanes.map(({ messages }) => Number(messages)))
  const gain = fullest / Math.max(1, hottest.messages ?? hottest.share * Number(expect.messages))
  if (gain >= factor * 0.8) return []
  const percent = Math.round(hottest.share * 100)
  return [
    `Key ${hottest.key} is about ${percent} % of the backlog and stays in one lane: it allows ${times(gain)} today's speed at most, not ${factor}x`,
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
