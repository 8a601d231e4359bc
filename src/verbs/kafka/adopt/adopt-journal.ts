import type { LaneClaim } from '../../../brokers/kafka/claims/read-claim.js'
import type { RunFolder } from '../../../journal/run-folder.js'
import { PRODUCER_NOTE } from '../journalled.js'

type Adopted = {
  readonly claims: readonly LaneClaim[]
  /** Producer ids of the old runner, for counting. */
  readonly producers: ReadonlySet<bigint>
  readonly now: Date
}

/** Writes what the claims tell into a new journal, as if it had been there: lanes, counts, producers; and says so. */
export async function journalAdoption(folder: RunFolder, { claims, producers, now }: Adopted): Promise<void> {
  const at = now.toISOString()
  for (const { partition, offset, claim } of claims) {
    const lane = String(partition)
    await folder.append({ type: 'opened', at, lane, from: claim.task.from, to: claim.task.to })
    await folder.append({ type: 'settled', at, lane, mark: String(offset), counts: claim.totals })
  }
  for (const id of producers) await folder.append({ type: 'steered', at, what: `${PRODUCER_NOTE}${id}`, by: 'adopt' })
  const host = claims[0]?.claim.host ?? ''
  await folder.append({ type: 'steered', at, what: `adopted from ${host}`, by: 'adopt' })
  const parked = claims.reduce((sum, { claim }) => sum + claim.totals.parked, 0n)
  if (parked === 0n) return
  const message = `${parked} messages were parked before this run was adopted: they lie in parked.ndjson of its folder on ${host}`
  await folder.append({ type: 'warned', at, message })
}
