import { connect, type RabbitLink } from '../../brokers/rabbitmq/link.js'
import { type Management, openManagement } from '../../brokers/rabbitmq/management.js'
import type { RabbitSettings } from '../../brokers/rabbitmq/settings.js'
import { asQueue, type Place, parseAddress, type QueueAddress } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import type { QueuePlan } from '../../core/queue-plan.js'
import { rabbitSettings } from '../../settings.js'
import type { Reconnecting, Where } from '../system.js'

/** What a command has of one RabbitMQ server. */
export type RabbitLinks = AsyncDisposable & {
  readonly settings: RabbitSettings
  /** To look and to make and delete lanes; a drain opens more. */
  readonly link: RabbitLink
  readonly management: Management
}

type Given = { readonly config?: string | undefined; readonly management?: string | undefined }

/** Connects to the server of a place. Throws UserError: unreachable, credentials, no virtual host, unknown cluster. */
export async function openRabbit(place: Place, given: Given, { io, present }: Where): Promise<RabbitLinks> {
  const { config, management } = given
  const settings = await rabbitSettings(place, { io, present, ...defined({ config, management }) })
  const link = await connect(settings, 'look', io.soft)
  return {
    settings,
    link,
    management: openManagement(settings, io.soft),
    [Symbol.asyncDispose]: () => link.close(),
  }
}

/** The source of a plan: its queue, on the server as the plan or the address given again names it. */
export function sourceOf(plan: QueuePlan, again: Reconnecting): Place<QueueAddress> {
  const place = again.source ?? placeOf(plan)
  return { ...place, address: { ...asQueue(place.address), queue: plan.queue } }
}

/** A plan keeps the name of its user apart, since its address is one without a login. */
function placeOf({ source, user }: QueuePlan): Place {
  const place = parseAddress(source)
  return user === undefined ? place : { ...place, credentials: { username: user } }
}

/** Connects to the server of a plan, with credentials from environment, cluster or the address given again. Throws UserError. */
export const reconnect = (plan: QueuePlan, again: Reconnecting, where: Where): Promise<RabbitLinks> =>
  openRabbit(sourceOf(plan, again), again, where)
