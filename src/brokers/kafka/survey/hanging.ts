import type { HangingTransaction } from '../../../core/survey.js'
import type { OpenTransaction } from '../admin/open-transactions.js'

/**
 * Transactions that were open on the same partition at the same offset at both ends of the window: those that hold back
 * the last stable offset, while a busy producer's are gone in a moment.
 */
export const hangingOf = (
  before: readonly OpenTransaction[],
  after: readonly OpenTransaction[],
): HangingTransaction[] => {
  const key = ({ partition, producerId, firstOffset }: OpenTransaction) => `${partition} ${producerId} ${firstOffset}`
  const open = new Set(before.map(key))
  return after
    .filter(each => open.has(key(each)))
    .map(each => ({
      lane: String(each.partition),
      producerId: String(each.producerId),
      ...(each.transactionalId !== undefined && { transactionalId: each.transactionalId }),
      startedAt: new Date(each.startedAt ?? each.lastWriteAt).toISOString(),
    }))
}
