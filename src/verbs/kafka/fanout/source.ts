import type { Link } from '../../../brokers/kafka/link.js'
import type { FanoutRequest } from '../../../commands/requests.js'
import type { KafkaAddress, Place } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { Backlog } from '../../../core/survey.js'
import { planLanes } from '../../../drain/plan/lanes.js'
import { checkSource } from '../../../drain/plan/preconditions.js'
import { groupRefusals } from '../../../drain/plan/refusals-of-group.js'
import { positionRefusals } from '../../../drain/plan/refusals-of-positions.js'
import { stopCommands } from '../../../drain/plan/stop-commands.js'
import { totalBytes, volumes } from '../../../drain/plan/volume.js'
import { surroundings } from '../../../drain/plan/warnings.js'
import type { FanSeen } from '../../fanout/ends.js'
import type { Where } from '../../system.js'
import { surveyForPlan } from '../survey-for-plan.js'

type Asked = { readonly place: Place<KafkaAddress>; readonly request: FanoutRequest; readonly run: string }

/** Surveys a source as for a drain: the same conditions, the same refusals. Throws UserError for what can't be planned at all. */
export async function lookAtSource(link: Link, { place, request, run }: Asked, { io }: Where): Promise<FanSeen> {
  const survey = await surveyForPlan(link, place, { io, execute: request.execute })
  checkSource(survey)
  const { consumersStopped, rate } = request
  const refusals = [
    ...groupRefusals(survey, { run, consumersStopped }),
    ...positionRefusals(survey, { until: 'now', ...defined({ rate }) }),
  ]
  return { look: lookOf(survey), refusals }
}

const lookOf = (survey: Backlog): FanSeen['look'] => {
  const lanes = planLanes(survey, 1)
  const [hottest] = survey.skew?.hottest ?? []
  return {
    system: 'kafka',
    source: survey.source,
    reads: 'source',
    clusterId: survey.clusterId,
    topic: survey.topic.name,
    topicId: survey.topic.id,
    group: survey.group.id,
    lanes: lanes.map(({ lane, from, to, messages }) => ({ lane, from, to, messages })),
    expect: {
      messages: lanes.reduce((sum, { messages }) => sum + messages, 0n),
      bytes: totalBytes(volumes(survey, lanes, {})),
    },
    isWhole: true,
    others: [],
    ...defined({ hottest }),
    warnings: surroundings(survey, { targetTopic: '' }),
    refusals: [],
    stopCommands: stopCommands(survey.group.id),
  }
}
