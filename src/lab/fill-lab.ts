import type { KafkaSettings } from '../brokers/kafka/settings.js'
import { formatBytes, formatCount } from '../core/quantity.js'
import { UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { toJson } from '../present/json.js'
import { progressOf } from '../present/progress.js'
import { connectionLayers, connectionOf } from '../settings/connection.js'
import { fill } from './fill/fill.js'
import type { FillReport } from './fill/request.js'
import { labHome } from './home.js'
import { findKafka } from './kafka/find.js'
import type { LabFillRequest } from './requests.js'

/** `spillway lab fill`: makes the backlog at the address or in the lab, and prints what was made and where. */
export async function labFill(request: LabFillRequest, io: Io, present: Presentation): Promise<void> {
  const settings = await settingsFor(request, io)
  const progress = progressOf(io, present)
  const began = io.now().getTime()
  const report = await fill({ ...request.backlog, settings, topic: request.topic }, io, ({ records, of }) => {
    const perSecond = records / Math.max(0.001, (io.now().getTime() - began) / 1000)
    const eta = records === 0 ? {} : { etaSeconds: (of - records) / perSecond }
    progress.show({ done: BigInt(records), total: BigInt(of), perSecond, ...eta, state: 'filling' })
  }).finally(() => progress.stop())
  const address = addressOf(settings, report)
  io.out.write(present.format === 'json' ? toJson({ address, ...report }) : describeFill(address, report))
}

async function settingsFor({ place, name }: LabFillRequest, io: Io): Promise<KafkaSettings> {
  if (place?.address.cluster !== undefined) {
    throw new UserError(`lab fill does not write to the named cluster ${place.address.cluster}`, {
      hint: 'Fill a lab (`--name`), or give the address itself: kafka://host:9092/TOPIC.',
    })
  }
  if (place !== undefined) return connectionOf(connectionLayers(place, undefined, io.env), undefined)
  const lab = await findKafka(labHome(io.env), name)
  if (lab !== undefined) return lab.settings
  throw new UserError(`No lab is named ${name}`, {
    hint: `Start it: \`spillway lab up --name ${name}\`; or give an address.`,
  })
}

const addressOf = ({ brokers }: KafkaSettings, { topic, group }: FillReport): string =>
  `kafka://${brokers.join(',')}/${topic}${group === undefined ? '' : `?group=${group}`}`

function describeFill(address: string, report: FillReport): string {
  const aborted = report.abortedRecords > 0 ? `, and ${formatCount(report.abortedRecords)} aborted` : ''
  const rate = `${formatCount(report.recordsPerSecond)} records/s`
  return `${address}
  ${formatCount(report.committedRecords)} records${aborted}, ${formatBytes(report.bytes)} in ${report.seconds.toFixed(1)} s (${rate}), seed ${report.seed}
`
}
