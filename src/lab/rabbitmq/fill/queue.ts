import { lookAt, onChannel } from '../../../brokers/rabbitmq/admin/passive-declare.js'
import type { RabbitLink } from '../../../brokers/rabbitmq/link.js'
import { UserError } from '../../../errors.js'
import type { QueueRecipe } from './request.js'

/** The exchange through which a fill reaches its queue, so that routing keys can be the messages' keys. */
export const exchangeOf = (queue: string): string => `${queue}.in`

/** Sees to it that the queue is there, behind a fanout exchange of its own. Throws UserError `no-queue`, `queue-differs`, `permission`. */
export async function readyQueue(link: RabbitLink, recipe: QueueRecipe): Promise<void> {
  const { queue, create } = recipe
  const asked = argumentsOf(recipe)
  const there = (await lookAt(link, queue)) !== undefined
  if (!there && !create) {
    throw new UserError(`Queue ${queue} is not there`, {
      code: 'no-queue',
      hint: 'Check the name, or leave --no-create away.',
    })
  }
  const plain = Object.keys(asked).length === 0
  if (!there || !plain) await declare(link, queue, asked)
  const exchange = exchangeOf(queue)
  const context = { doing: `Declaring exchange ${exchange}`, permission: 'configure' } as const
  await onChannel(link, context, async channel => {
    await channel.assertExchange(exchange, 'fanout', { durable: true })
    await channel.bindQueue(queue, exchange, '')
  })
}

async function declare(
  link: RabbitLink,
  queue: string,
  args: Record<string, string | number | boolean>,
): Promise<void> {
  try {
    const context = { doing: `Declaring queue ${queue}`, queue, permission: 'configure' } as const
    await onChannel(link, context, channel => channel.assertQueue(queue, { durable: true, arguments: args }))
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'amqp-406') throw cause
    throw new UserError(`Queue ${queue} is there already, with other arguments: ${(cause as Error).message}`, {
      code: 'queue-differs',
      hint: 'Fill another queue, or leave away what only a new queue takes (--queue-type, --ttl, --max-length, --dlx).',
      cause,
    })
  }
}

function argumentsOf(recipe: QueueRecipe): Record<string, string | number | boolean> {
  const named = {
    'x-queue-type': recipe.queueType,
    'x-message-ttl': recipe.ttlMs,
    'x-max-length': recipe.maxLength,
    'x-max-priority': recipe.maxPriority,
    'x-dead-letter-exchange': recipe.deadLetterExchange,
  }
  const given = Object.entries({ ...named, ...recipe.arguments }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Record<string, string | number | boolean>
}
