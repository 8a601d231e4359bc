import { committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import { type ClaimNote, parseClaim } from '../relay/claim.js'

/** The claim on one source partition, and the committed offset that carries it. */
export type LaneClaim = { readonly partition: number; readonly offset: number; readonly claim: ClaimNote }

/** The claims that a group carries on a topic, by partition. Waits for open transactions to end (10 s at most). */
export async function readClaims(link: Link, group: string, topic: string): Promise<LaneClaim[]> {
  const commits = (await committedOffsets(link, group, { topic, stable: true })).get(topic) ?? new Map()
  return [...commits]
    .flatMap(([partition, { offset, metadata }]) => {
      const claim = parseClaim(metadata)
      return claim === undefined ? [] : [{ partition, offset, claim }]
    })
    .sort((a, b) => a.partition - b.partition)
}
