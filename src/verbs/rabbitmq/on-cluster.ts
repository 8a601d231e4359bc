import { lookAt } from '../../brokers/rabbitmq/admin/passive-declare.js'
import { type LaneTrace, tracesOf } from '../../brokers/rabbitmq/survey/traces.js'
import type { Place } from '../../core/address.js'
import { verifyPlan } from '../../core/digest.js'
import { homeFolder } from '../../core/home.js'
import { isDrainPlan, isQueuePlan } from '../../core/plan-names.js'
import { SpillwayError } from '../../errors.js'
import { listRuns, openRun } from '../../journal/runs.js'
import { toPrettyJson } from '../../present/json.js'
import { table } from '../../present/table.js'
import type { Where } from '../system.js'
import { openRabbit, type RabbitLinks } from './links.js'

type Given = { config?: string | undefined; management?: string | undefined }
type Found = LaneTrace & { readonly folderHere: boolean }

const COLUMNS = [
  { title: 'RUN' },
  { title: 'HOST' },
  { title: 'SOURCE' },
  { title: 'TEMPORARY QUEUES', align: 'right' as const },
  { title: 'MESSAGES', align: 'right' as const },
  { title: 'FOLDER' },
]

/**
 * Lists temporary queues and locks of a virtual host, whoever made them; without the management API those of the runs in this home, by
 * their names. Throws UserError, BrokerError.
 */
export async function showCluster(place: Place, given: Given, where: Where): Promise<void> {
  const { io, present } = where
  await using links = await openRabbit(place, given, where)
  const known = await listRuns(homeFolder(io.env))
  const answer = await tracesOf(links.management, links.settings.vhost)
  if (!answer.ok)
    io.err.write(`warning: only the runs of this home were looked for: ${answer.why} (${links.management.url})\n`)
  const traces = answer.ok ? answer.traces : await byName(links, known, where)
  const found = traces.map(trace => ({ ...trace, folderHere: trace.run !== null && known.includes(trace.run) }))
  if (present.format === 'json') io.out.write(toPrettyJson(found))
  else io.out.write(found.length === 0 ? 'No temporary queues and no locks.\n' : table(COLUMNS, found.map(row), 160))
}

/** Runs of this home whose queues are there. */
async function byName(links: RabbitLinks, runs: readonly string[], { io }: Where): Promise<LaneTrace[]> {
  const found: LaneTrace[] = []
  for (const run of runs) {
    const plan = await openRun(homeFolder(io.env), run)
      .then(async folder => verifyPlan(await folder.plan()))
      .catch((error: unknown) => {
        // A damaged folder must not hide the others; `spillway runs` names it.
        if (error instanceof SpillwayError) return undefined
        throw error
      })
    if (plan === undefined || !isDrainPlan(plan) || !isQueuePlan(plan) || plan.clusterName !== links.link.clusterName)
      continue
    let queues = 0
    let messages = 0n
    for (const name of plan.laneQueues) {
      const seen = await lookAt(links.link, name)
      if (seen === undefined) continue
      queues += 1
      messages += BigInt(seen.messages)
    }
    if (queues > 0) found.push({ run, host: null, queue: plan.queue, temporaryQueues: queues, messages })
  }
  return found
}

const row = (found: Found): string[] => [
  found.run ?? '-',
  found.host ?? '-',
  found.queue ?? '-',
  String(found.temporaryQueues),
  String(found.messages),
  found.folderHere ? 'here' : 'elsewhere',
]
