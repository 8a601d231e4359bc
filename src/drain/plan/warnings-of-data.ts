import { formatCount } from '../../core/quantity.js'
import type { Backlog } from '../../core/survey.js'
import type { Draft } from './draft.js'
import { compressionChange } from './volume.js'

/** What the records themselves bring along: bounds of the count, restamped times, aborted data, sizes. */
export const dataWarnings = (survey: Backlog, draft: Draft): string[] => {
  const { topic, skew } = survey
  return [
    ...(draft.expect.messagesIsUpperBound
      ? ['The message count is an upper bound: offsets have holes (markers, aborted records, compaction)']
      : []),
    ...(skew?.transactional ? ['The source holds transactions: aborted records and markers are not copied'] : []),
    ...(topic.settings['message.timestamp.type'] === 'LogAppendTime' || skew?.logAppendTime
      ? ['The source stamps records itself (LogAppendTime): the copies keep those times, as CreateTime']
      : []),
    ...(topic.settings['cleanup.policy']?.includes('compact')
      ? ['The source is compacted: a key may be compacted away before it is copied, as it may be before it is read']
      : []),
    ...(skew && skew.oversize > 0
      ? [
          `${formatCount(skew.oversize)} sampled records pass the source's max.message.bytes once uncompressed; the temporary topic takes more`,
        ]
      : []),
    ...compression(survey, draft),
    ...behindStableEnd(survey),
  ]
}

const compression = (survey: Backlog, { compress }: Draft): string[] => {
  if (compress === undefined) return []
  const change = compressionChange(survey, { compress })
  const size = change > 1 ? `: the copy may be up to ${change.toFixed(1)} times as large` : ''
  return [`--compress ${compress} recompresses every batch${size}`]
}

const behindStableEnd = ({ lanes }: Backlog): string[] => {
  const open = lanes.filter(({ stableEnd, end }) => BigInt(stableEnd) < BigInt(end))
  if (open.length === 0) return []
  const records = open.reduce((sum, { stableEnd, end }) => sum + BigInt(end) - BigInt(stableEnd), 0n)
  return [
    `Open transactions: ${formatCount(records)} messages on partitions ${open.map(({ lane }) => lane).join(', ')} lie behind the last stable offset and stay in the source`,
  ]
}
