import type { Message } from '../../core/message.js'
import type { ParkedRecord } from '../../journal/parked.js'

/** What a message of RabbitMQ came as; nothing for others. */
export type FramesOf = (message: Message) => Pick<ParkedRecord, 'amqp'>

/** Loads no broker that the messages did not come from. */
export const framesFor = async (system: 'kafka' | 'rabbitmq' | 'rows'): Promise<FramesOf> =>
  system !== 'rabbitmq' ? () => ({}) : (await import('../rabbitmq/parked-frames.js')).framesOf
