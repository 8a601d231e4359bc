import type { DiscardRequest } from '../../../commands/requests.js'
import { defined } from '../../../core/defined.js'
import type { LettingGo } from '../../../core/discard-plan.js'
import type { Backlog } from '../../../core/survey.js'
import { groupRefusals } from '../../../drain/plan/refusals-of-group.js'
import { positionRefusals } from '../../../drain/plan/refusals-of-positions.js'
import type { DrainRefusal } from '../../../drain/refusals.js'

type Asked = { readonly run: string; readonly request: DiscardRequest; readonly how: LettingGo }

/** What `--execute` refuses with 4: what it refuses of a drain of this source, and records that no broker deletes. Pure. */
export const discardRefusals = (survey: Backlog, { run, request, how }: Asked): readonly DrainRefusal[] => {
  const { consumersStopped, rate } = request
  const positions = positionRefusals(survey, { until: 'now', ...defined({ rate }) })
  return [
    ...groupRefusals(survey, { run, consumersStopped }),
    ...positions.filter(({ code }) => code !== 'unknown-codec' || request.archive.keep || request.scope.kind !== 'all'),
    ...(how === 'delete-records' ? compactOnly(survey) : []),
  ]
}

/** DeleteRecords is a kind of retention: brokers answer POLICY_VIOLATION where the policy has none (kafka.server.ReplicaManager). */
const compactOnly = ({ topic }: Backlog): DrainRefusal[] => {
  const policy = topic.settings['cleanup.policy'] ?? 'delete'
  if (policy.split(',').some(each => each.trim() === 'delete')) return []
  return [
    {
      code: 'compact-only',
      message: `${topic.name} has cleanup.policy=${policy}: brokers delete no records of it by their age`,
      hint: 'Leave --free-disk away, which moves the offsets alone; or add delete to its cleanup.policy first.',
      mayClear: false,
    },
  ]
}
