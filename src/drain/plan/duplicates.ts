import type { KafkaPlan } from '../../core/plan.js'

/** How many messages may be there twice, in words, and on what condition. */
export const duplicatesInWords = ({
  guarantee,
  targetTopic,
  group,
}: Pick<KafkaPlan, 'guarantee' | 'targetTopic' | 'group'>): string =>
  guarantee === 'transactions'
    ? `0 for read_committed readers of ${targetTopic}, as long as ${group} stays empty; a read_uncommitted reader may see again what was in flight at a crash`
    : `0 once the run is complete (after a crash: after its resume), as long as nothing else writes to ${targetTopic} and ${group} stays empty`
