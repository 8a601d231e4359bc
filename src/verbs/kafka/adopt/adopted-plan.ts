import type { LaneClaim } from '../../../brokers/kafka/claims/read-claim.js'
import { asKafka, type KafkaAddress, type Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import { signPlan } from '../../../core/digest.js'
import type { KafkaPlan, PlanLane, Rate } from '../../../core/plan.js'
import type { Backlog } from '../../../core/survey.js'
import { temporaryTopic } from '../../../core/temporary-topic.js'
import type { TargetCluster } from '../../../drain/plan/target.js'
import { planDrain } from '../../../drain/plan.js'
import { lanesOf } from '../../../drain/route.js'
import { Refusal } from '../../../errors.js'

/** Where the topic was never made, nothing was copied and any number of lanes is right: the usual one. */
const USUAL_FACTOR = 10

type Adoption = {
  readonly survey: Backlog
  /** All of one run, in the order of their partitions. */
  readonly claims: readonly LaneClaim[]
  /** Of the temporary topic; undefined where it was never made. */
  readonly targetPartitions: number | undefined
  readonly now: Date
  readonly place: Place
  readonly target: Place | undefined
  readonly other: TargetCluster | undefined
  readonly rate?: Rate
}

/**
 * The plan of a run as its claims tell it: the same id, topic, lanes, order and guarantee. What a claim does not carry takes the defaults: no
 * rate limit but the one given, `lanes-first`, the group `spillway.RUN`. Pure. Throws Refusal where a lane carries no claim or the topics do not fit.
 */
export function adoptedPlan(adoption: Adoption): KafkaPlan {
  const { survey, claims, targetPartitions, now, place, target, other, rate } = adoption
  const [first] = claims
  if (first === undefined) throw new Refusal('Nothing claims this group', { code: 'no-claim' })
  assertWhole(claims)
  const { run, topic, task } = first.claim
  const factor = targetPartitions === undefined ? USUAL_FACTOR : targetPartitions / claims.length
  if (!Number.isSafeInteger(factor)) {
    throw new Refusal(`${topic} has ${targetPartitions} partitions, no multiple of the ${claims.length} claimed ones`, {
      code: 'stale',
      hint: 'Somebody added partitions. Resume the run where its folder is.',
    })
  }
  const { order, until, guarantee, compress } = task
  const to = target?.address ?? (topic === temporaryTopic(survey.topic.name, run) ? undefined : place.address)
  const options = { run, now, factor, order, until, guarantee, consumersStopped: true }
  const drawn = planDrain(
    only(survey, claims.length),
    { ...options, ...defined({ compress, rate, to: to && topicOn(asKafka(to), topic) }) },
    other,
  )
  const lanes = claims.map(claim => laneOf(claim, claims.length, factor))
  const { digest: _redone, ...rest } = drawn
  const messages = lanes.reduce((sum, lane) => sum + lane.messages, 0n)
  return signPlan({ ...rest, lanes, refusals: [], expect: { ...drawn.expect, messages } })
}

const topicOn = ({ kind, cluster, brokers }: KafkaAddress, topic: string): KafkaAddress => ({
  kind,
  brokers,
  topic,
  ...defined({ cluster }),
})

/** A run claims every partition at once, so a gap means that somebody committed there since. */
function assertWhole(claims: readonly LaneClaim[]): void {
  const missing = claims.findIndex(({ partition }, at) => partition !== at)
  if (missing < 0) return
  throw new Refusal(`Partition ${missing} carries no claim of run ${claims[0]?.claim.run}, others do`, {
    code: 'foreign-commit',
    hint: 'Somebody committed there since. Look what they read, then resume the run where its folder is: it knows where it stood.',
  })
}

/** The survey without partitions that were added after the run began: they are not part of it. */
const only = (survey: Backlog, partitions: number): Backlog => ({
  ...survey,
  topic: { ...survey.topic, partitions },
  lanes: survey.lanes.slice(0, partitions),
})

const laneOf = ({ partition, claim }: LaneClaim, partitions: number, factor: number): PlanLane => ({
  lane: String(partition),
  from: claim.task.from,
  to: claim.task.to,
  messages: BigInt(claim.task.to) - BigInt(claim.task.from),
  targets: lanesOf(partition, partitions, factor),
})
