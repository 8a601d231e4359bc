import type { LaneStanding } from '../../../../../src/brokers/kafka/restore/look-at-source.js'
import { NOTHING_YET, type RunSoFar } from '../../../../../src/core/fold.js'
import type { GroupView } from '../../../../../src/core/survey.js'
import { planDrain } from '../../../../../src/drain/plan.js'
import type { Facts } from '../../../../../src/verbs/kafka/restore/facts.js'
import { aSurvey, someOptions } from '../../../drain/a-survey.js'

export const PLAN = planDrain(aSurvey(), someOptions())

export const AN_IDLE_GROUP: GroupView = {
  id: PLAN.group,
  exists: true,
  protocol: 'classic',
  state: 'Empty',
  protocolType: 'consumer',
  members: [],
  verdict: 'idle',
  coordinator: 1,
}

/** Each lane as the run left it: at the captured end, claimed. */
export const LEFT: readonly LaneStanding[] = PLAN.lanes.map(({ lane, to }) => ({
  lane,
  start: 0,
  offset: Number(to),
  metadata: 'spillway …',
  claimedBy: PLAN.run,
}))

const lanes: RunSoFar['lanes'] = new Map(
  PLAN.lanes.map(({ lane, from, to, messages }) => [
    lane,
    {
      ...{ lane, from, to, mark: to, finished: true, bytes: 1n, read: messages, written: messages },
      ...{ parked: 0n, dropped: 0n, holes: 0n, markers: 0n, aborted: 0n },
    },
  ]),
)

export const COMPLETE: RunSoFar = {
  ...NOTHING_YET,
  ledger: { read: 3000n, written: 3000n, parked: 0n, dropped: 0n },
  lanes,
  executions: 1,
  ending: { kind: 'complete', at: '2026-11-21T12:10:00.000Z' },
}

/** A complete run of three partitions whose lanes nobody has read; the operator has confirmed. */
export const someFacts = (given: Partial<Facts> = {}): Facts => ({
  plan: PLAN,
  state: COMPLETE,
  source: { group: AN_IDLE_GROUP, topicId: PLAN.sourceTopicId, lanes: LEFT },
  lanes: {
    unread: 3000n,
    exact: true,
    topic: { name: PLAN.targetTopic, id: 'id', partitions: 30 },
    trimmed: [],
    lanesGroup: `spillway.${PLAN.run}`,
    groups: [],
    notAsked: [],
  },
  confirmed: true,
  ...given,
})

/** The same with its lanes worked off. */
export const READ = { ...someFacts().lanes, unread: 0n }
