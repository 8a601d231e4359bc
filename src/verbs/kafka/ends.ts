import { describeGroup } from '../../brokers/kafka/admin/describe-group.js'
import { provePermissions } from '../../brokers/kafka/admin/permissions.js'
import { memberReason } from '../../brokers/kafka/relay/watch-group.js'
import { unreadInLanes } from '../../brokers/kafka/restore/unread.js'
import type { DrainPlan, KafkaPlan } from '../../core/plan.js'
import { isKafkaPlan } from '../../core/plan-names.js'
import { Bug } from '../../errors.js'
import type { Ends, Where } from '../system.js'
import { compare } from './compare.js'
import { drainEvents } from './drain/events.js'
import type { Links } from './links.js'
import { assertSameCluster, assertSamePlace } from './reconnect.js'
import { verifyRun } from './report/verify.js'
import { verifiedDocument, verifiedText } from './report/words.js'
import { outlookOf } from './restore/outlook.js'

/** What the verbs do over the connections to Kafka. */
export const endsOf = (links: Links, where: Where): Ends => ({
  compare: (saved, request) => compare({ saved: ours(saved), links, request, io: where.io }),
  prove: plan => provePermissions({ plan: ours(plan), ...links }),
  events: running => drainEvents({ ...running, plan: ours(running.plan), links }),
  async assertSameCluster(plan) {
    assertSameCluster(ours(plan), links)
  },
  assertSamePlace: plan => assertSamePlace(ours(plan), links),
  busy: plan => busyGroup(links, ours(plan).group),
  async unread(plan) {
    return (await unreadInLanes(links.target, ours(plan))).unread
  },
  async verify(subject) {
    const verified = await verifyRun({ ...subject, plan: ours(subject.plan), links })
    return { matches: verified.matches, document: verifiedDocument(verified), text: verifiedText(verified) }
  },
  outlook: question => outlookOf({ ...question, plan: ours(question.plan), links }),
  [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
})

/** Members of the source group, in words; undefined where it is provably idle. */
export async function busyGroup(links: Links, group: string): Promise<string | undefined> {
  const view = await describeGroup(links.source, group)
  return view.verdict === 'idle' ? undefined : memberReason(view)
}

const ours = (plan: DrainPlan): KafkaPlan => {
  if (isKafkaPlan(plan)) return plan
  throw new Bug(`Plan ${plan.run} is not one of Kafka`)
}
