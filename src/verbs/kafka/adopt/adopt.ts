import { describeTopic } from '../../../brokers/kafka/admin/topics.js'
import { type LaneClaim, readClaims } from '../../../brokers/kafka/claims/read-claim.js'
import type { ResumeRequest } from '../../../commands/requests.js'
import { asKafka, type Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import { homeFolder } from '../../../core/home.js'
import { NO_TEMPORARY_TOPIC } from '../../../core/survey.js'
import { Refusal, RunError, UserError } from '../../../errors.js'
import { createRun, runPath } from '../../../journal/runs.js'
import { untilIdle } from '../../resume/carry-on.js'
import { execute } from '../../run/execute.js'
import { assertNotBegun } from '../../runs/begun.js'
import type { Where } from '../../system.js'
import { busyGroup, endsOf } from '../ends.js'
import { type Links, openLinks } from '../links.js'
import { otherCluster } from '../other-cluster.js'
import { surveyForPlan } from '../survey-for-plan.js'
import { trustedProducers } from './adopt-counting.js'
import { journalAdoption } from './adopt-journal.js'
import { adoptedPlan } from './adopted-plan.js'

/**
 * Carries on the run that claims a group, from a machine without its folder: the claims say how far it came and how it copies. Taking the
 * claim fences the old runner. Sets `io.exitCode`. Throws UserError `no-claim`, Refusal, RunError `topic-gone`.
 */
export async function adopt(request: ResumeRequest & { readonly adopt: Place }, { io, present }: Where): Promise<void> {
  const { adopt: place, target, config, waitMs, takeOver, ignore, rate, reason } = request
  const { topic = '', group = '' } = asKafka(place.address)
  await using links = await openLinks({ source: place, target, config }, { io, present })
  const claims = await readClaims(links.source, group, topic)
  const run = theRun(claims, place)
  const home = homeFolder(io.env)
  assertDrain(claims, run)
  await assertNotBegun(runPath(home, run), run)
  await untilIdle(() => busyGroup(links, group), { waitMs, io, present })
  const survey = await surveyForPlan(links.source, place, { io, execute: true })
  const targetPartitions = await partitionsOf(links, claims, target !== undefined)
  const now = io.now()
  const other = await otherCluster(links)
  const plan = adoptedPlan({ survey, claims, targetPartitions, now, place, target, other, ...defined({ rate }) })
  const producers = await trustedProducers({
    link: links.target,
    plan,
    claims,
    exists: targetPartitions !== undefined,
    takeOver,
  })
  const folder = await createRun(home, plan)
  try {
    await journalAdoption(folder, { claims, producers, now })
    await execute({
      plan,
      folder,
      ends: endsOf(links, { io, present }),
      mode: 'resume',
      ignore,
      reason,
      given: request,
      io,
      present,
    })
  } finally {
    await folder.close()
  }
}

/** A fan-out or a discard of the source leaves nothing to carry over: what it has handled or let go is settled. Throws UserError `not-supported`. */
function assertDrain(claims: readonly LaneClaim[], run: string): void {
  if (!claims.some(({ claim }) => claim.topic === NO_TEMPORARY_TOPIC)) return
  throw new UserError(
    `Run ${run} works the source itself (fanout or discard), so there is nothing to adopt: what it has done is settled`,
    {
      code: 'not-supported',
      hint: 'Plan anew with `spillway fanout SOURCE` or `spillway discard SOURCE`: the refusal prints the command that takes the claim off.',
    },
  )
}

/** The one run that claims the group on this topic. Throws UserError `no-claim`, Refusal where there are two. */
function theRun(claims: readonly LaneClaim[], { address }: Place): string {
  const { group, topic } = asKafka(address)
  const runs = [...new Set(claims.map(({ claim }) => claim.run))]
  const [run] = runs
  if (run === undefined) {
    throw new UserError(`No run claims group ${group} on topic ${topic}`, {
      code: 'no-claim',
      hint: '`spillway runs --cluster C` lists the claims of a cluster. Without a claim there is nothing to adopt.',
    })
  }
  if (runs.length === 1) return run
  throw new Refusal(`Group ${group} carries claims of ${runs.length} runs: ${runs.join(', ')}`, {
    code: 'claimed',
    hint: 'Restore the older one from its own machine first.',
  })
}

/** Partitions of the temporary topic; undefined where it was never made. Throws where copies were in it and it cannot be found. */
async function partitionsOf(
  { target }: Links,
  claims: readonly LaneClaim[],
  targetGiven: boolean,
): Promise<number | undefined> {
  const topic = claims[0]?.claim.topic ?? ''
  const there = await describeTopic(target, topic)
  if (there !== undefined) return there.partitions.length
  const copied = claims.reduce((sum, { claim }) => sum + claim.totals.written, 0n)
  if (copied === 0n) return undefined
  if (!targetGiven && claims[0]?.claim.task.guarantee === 'counting') {
    throw new UserError(`Topic ${topic} is not on this cluster; the run copied to another one`, {
      code: 'no-such-topic',
      hint: 'Name that cluster: --target kafka://HOST:9092 (or its name in spillway.yaml).',
    })
  }
  throw new RunError(`The temporary topic ${topic} is gone, with ${copied} copied messages`, {
    code: 'topic-gone',
    hint: 'Find out who deleted it. The source still holds them until its retention.',
  })
}
