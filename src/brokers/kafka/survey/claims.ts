import type { Claim } from '../../../core/survey.js'

/** Every commit of a run carries `spillway RUN TOPIC HOST`; what may follow (running counts) is not read here. */
const CLAIM = /^spillway (\S+) (\S+) (\S+)/

/** The claim of a run on a group, from the metadata of its commits by lane; undefined where no run claims it. */
export const claimOf = (
  commits: readonly { readonly lane: string; readonly metadata: string }[],
): Claim | undefined => {
  const claimed = commits.flatMap(({ lane, metadata }) => {
    const match = CLAIM.exec(metadata)
    return match === null ? [] : [{ lane, run: match[1] ?? '', topic: match[2] ?? '', host: match[3] ?? '' }]
  })
  const first = claimed[0]
  if (first === undefined) return undefined
  const { run, topic, host } = first
  return { run, topic, host, lanes: claimed.filter(claim => claim.run === run).map(claim => claim.lane) }
}
