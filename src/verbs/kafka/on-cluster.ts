import { findTraces, type Trace } from '../../brokers/kafka/claims/find-claims.js'
import { connect } from '../../brokers/kafka/link.js'
import type { Place } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import { homeFolder } from '../../core/home.js'
import { NO_TEMPORARY_TOPIC } from '../../core/survey.js'
import { listRuns } from '../../journal/runs.js'
import { toPrettyJson } from '../../present/json.js'
import { table } from '../../present/table.js'
import { kafkaSettings } from '../../settings.js'
import type { Where } from '../system.js'

const COLUMNS = ['RUN', 'HOST', 'SOURCE', 'GROUP', 'TEMPORARY TOPIC', 'LANES', 'FOLDER'].map(title =>
  title === 'LANES' ? { title, align: 'right' as const } : { title },
)

/** Lists claims and temporary topics of a cluster, whoever made them. Throws UserError, BrokerError. */
export async function showCluster(
  place: Place,
  { config }: { config?: string | undefined },
  { io, present }: Where,
): Promise<void> {
  const settings = await kafkaSettings(place, { io, present, ...defined({ config }) })
  await using link = await connect(settings, io.soft)
  const { traces, groupsNotAsked } = await findTraces(link)
  const known = new Set(await listRuns(homeFolder(io.env)))
  const found = traces.map(trace => ({ ...trace, folderHere: known.has(trace.run) }))
  if (groupsNotAsked > 0) io.err.write(`warning: ${groupsNotAsked} groups were not asked: the cluster has too many\n`)
  if (present.format === 'json') io.out.write(toPrettyJson(found))
  else io.out.write(found.length === 0 ? 'No claims and no temporary topics.\n' : table(COLUMNS, found.map(row), 160))
}

const lanesOf = ({ temporaryTopic, partitions }: Trace): string => {
  if (temporaryTopic === NO_TEMPORARY_TOPIC) return '-'
  return partitions === null ? 'gone' : String(partitions)
}

const row = (trace: Trace & { readonly folderHere: boolean }): string[] => [
  trace.run,
  trace.host ?? '-',
  trace.sourceTopic ?? '-',
  trace.group ?? '-',
  trace.temporaryTopic === NO_TEMPORARY_TOPIC ? 'none: the source itself' : trace.temporaryTopic,
  lanesOf(trace),
  trace.folderHere ? 'here' : 'elsewhere',
]
