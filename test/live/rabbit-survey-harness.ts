import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import { openManagement } from '../../src/brokers/rabbitmq/management.js'
import type { RabbitSettings } from '../../src/brokers/rabbitmq/settings.js'
import { lookOver } from '../../src/brokers/rabbitmq/survey/look-over.js'
import { measureQueue } from '../../src/brokers/rabbitmq/survey/measure.js'
import type { QueueArguments } from '../../src/core/queue-plan.js'
import type { QueueBacklog } from '../../src/core/queue-survey.js'

export const RUN = '20261121-1200-k3f9'

/** Surveys a queue of the settings' virtual host over a connection of its own. */
export async function surveyed(settings: RabbitSettings, queue: string, windowMs = 500): Promise<QueueBacklog> {
  const link = await connect(settings, 'survey')
  try {
    return await measureQueue(lookOver(link), openManagement(settings), {
      source: `amqp://one:5672/${settings.vhost}/${queue}`,
      vhost: settings.vhost,
      queue,
      user: settings.username,
      windowMs,
      signal: new AbortController().signal,
    })
  } finally {
    await link.close()
  }
}

/** Declares a durable queue and puts messages of 100 bytes into it, confirmed. */
export async function filled(
  link: RabbitLink,
  queue: string,
  { count = 0, args = {}, timestamp }: { count?: number; args?: QueueArguments; timestamp?: number } = {},
): Promise<void> {
  const channel = await link.confirmChannel()
  await channel.assertQueue(queue, { durable: true, arguments: { ...args } })
  for (let sent = 0; sent < count; sent++)
    channel.sendToQueue(queue, Buffer.alloc(100), { persistent: true, ...(timestamp !== undefined && { timestamp }) })
  await channel.waitForConfirms()
  await channel.close()
}
