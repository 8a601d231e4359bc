import { Refusal } from '../../../errors.js'
import { committedOffsets } from '../admin/offsets.js'
import { type ClaimNote, parseClaim } from './claim.js'
import type { RelayContext } from './lane-context.js'

/** What the group has committed for one lane; `offset` -1 where nothing is. */
export type LaneCommit = { readonly offset: number; readonly claim: ClaimNote | undefined }

/** Reads a lane's commit; `stable` waits for an open transaction of the group to end. Throws RunError where the topic is gone. */
export async function laneCommit(context: RelayContext, partition: number, stable: boolean): Promise<LaneCommit> {
  const { source, sourceLeaders, plan } = context
  const topics = await committedOffsets(source, plan.group, {
    topic: plan.sourceTopic,
    partitions: [partition],
    stable,
  })
  const found = topics.get(plan.sourceTopic)?.get(partition)
  // Offsets go with their topic: its end explains more than theirs.
  if (found === undefined || found.offset < 0) await sourceLeaders.refresh()
  return { offset: found?.offset ?? -1, claim: parseClaim(found?.metadata) }
}

/** Another runner holds the claim of this run: it fenced us. */
export const fenced = (claim: ClaimNote): Refusal =>
  new Refusal(`Another runner took run ${claim.run} over on ${claim.host}`, {
    code: 'fenced',
    hint: `Follow it there, or take it back with: spillway resume ${claim.run}`,
  })
