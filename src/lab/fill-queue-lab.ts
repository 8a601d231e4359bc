import type { RabbitSettings } from '../brokers/rabbitmq/settings.js'
import { formatAddress } from '../core/address.js'
import { formatBytes, formatCount } from '../core/quantity.js'
import { UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { toJson } from '../present/json.js'
import { progressOf } from '../present/progress.js'
import { rabbitConnectionOf, rabbitLayers } from '../settings/rabbit-connection.js'
import { labHome } from './home.js'
import { fillQueue, type QueueProgress } from './rabbitmq/fill/fill.js'
import type { QueueFillReport } from './rabbitmq/fill/request.js'
import { findRabbitLab } from './rabbitmq/running.js'
import type { QueueLabFillRequest } from './requests.js'

/** `spillway lab fill` of a queue: makes the backlog at the address or in the lab, and prints what was made and where. */
export async function labFillQueue(request: QueueLabFillRequest, io: Io, present: Presentation): Promise<void> {
  const settings = await settingsFor(request, io)
  const progress = progressOf(io, present)
  const began = io.now().getTime()
  const show = ({ messages, of, blocked }: QueueProgress) => {
    const perSecond = messages / Math.max(0.001, (io.now().getTime() - began) / 1000)
    const eta = messages === 0 ? {} : { etaSeconds: (of - messages) / perSecond }
    const state = blocked === undefined ? { state: 'filling' } : { state: 'held', reason: blocked }
    progress.show({ done: BigInt(messages), total: BigInt(of), perSecond, ...eta, ...state })
  }
  const wanted = { ...request.backlog, settings, queue: request.queue }
  const report = await fillQueue(wanted, io, show).finally(() => progress.stop())
  const address = addressOf(settings, report)
  io.out.write(present.format === 'json' ? toJson({ address, ...report }) : describeFill(address, report))
}

async function settingsFor({ place, name }: QueueLabFillRequest, io: Io): Promise<RabbitSettings> {
  if (place?.address.cluster !== undefined) {
    throw new UserError(`lab fill does not write to the named cluster ${place.address.cluster}`, {
      hint: 'Fill a lab (`--name`), or give the address itself: amqp://user@host:5672/VHOST/QUEUE.',
    })
  }
  if (place !== undefined) {
    return rabbitConnectionOf(rabbitLayers(place, undefined, { env: io.env, management: undefined }), undefined)
  }
  const lab = await findRabbitLab(labHome(io.env), name)
  if (lab !== undefined) return lab.settings
  throw new UserError(`No lab named ${name} has a RabbitMQ`, {
    hint: `Start it: \`spillway lab up rabbitmq --name ${name}\`; or give an address.`,
  })
}

const addressOf = ({ host, port, tls, vhost }: RabbitSettings, { queue }: QueueFillReport): string => {
  const server = { host: host.includes(':') ? `[${host}]` : host, port, tls: tls !== undefined }
  return formatAddress({ kind: 'rabbitmq', server, vhost, queue })
}

function describeFill(address: string, report: QueueFillReport): string {
  const rate = `${formatCount(report.messagesPerSecond)} messages/s`
  return `${address}
  ${formatCount(report.messages)} messages, ${formatBytes(report.bytes)} in ${report.seconds.toFixed(1)} s (${rate}), seed ${report.seed}
`
}
