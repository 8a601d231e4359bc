import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaPlan } from '../../../core/plan.js'
import type { Gate } from '../../../core/ports.js'
import type { GroupView } from '../../../core/survey.js'
import { HoldError } from '../../../errors.js'
import { describeGroup } from '../admin/describe-group.js'
import { describeTopic } from '../admin/topics.js'
import type { Link } from '../link.js'

/** The contract: members are looked for every second. */
const EVERY_MS = 1000
const TOPIC_EVERY = 5

/** The reason of a hold while the group has members: client and host of each. */
export function memberReason(group: GroupView): string {
  const members = group.members.map(m => `${m.clientId} at ${m.host.replace(/^\//, '')}`).join(', ')
  return group.verdict === 'live'
    ? `members seen in group ${group.id}: ${members || group.state}`
    : `cannot prove that group ${group.id} is idle: state ${group.state}`
}

/** Throws HoldError unless the group is positively idle. */
export async function assertIdle(link: Link, group: string): Promise<void> {
  const view = await describeGroup(link, group)
  if (view.verdict !== 'idle') throw new HoldError(memberReason(view), 'operator')
}

/** What is watched; `targetLanes` / `factor` partitions are part of the plan. */
export type Watched = Pick<KafkaPlan, 'group' | 'sourceTopic' | 'targetLanes' | 'factor'>

/**
 * Watches the group and the source topic while lanes copy, until `soft` aborts: a member holds the run until an operator
 * resumes it; a topic that grew is told once, because its new partitions are not part of the plan.
 */
export async function watchSource(
  { link, plan, gate, warn }: { link: Link; plan: Watched; gate: Gate; warn: (message: string) => void },
  soft: AbortSignal,
): Promise<void> {
  for (let round = 1; !soft.aborted; round++) {
    await sleep(EVERY_MS, undefined, { signal: soft }).catch(() => undefined)
    if (soft.aborted) return
    const view = await quietly(() => describeGroup(link, plan.group))
    if (view && view.verdict !== 'idle') gate.hold(memberReason(view), 'operator')
    if (round % TOPIC_EVERY !== 0) continue
    const topic = await quietly(() => describeTopic(link, plan.sourceTopic))
    const sources = plan.targetLanes / plan.factor
    const now = topic?.partitions.length ?? sources
    if (now > sources) {
      warn(
        `${plan.sourceTopic} grew from ${sources} to ${now} partitions: what arrives in the new ones is not part of this run`,
      )
    }
  }
}

/** An unreachable broker is the lanes' business: they hold with its reason. */
async function quietly<T>(ask: () => Promise<T>): Promise<T | undefined> {
  return ask().catch(() => undefined)
}
