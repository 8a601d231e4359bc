import type { RabbitLabOptions } from '../../../../src/lab/rabbitmq/options.js'
import type { RabbitState } from '../../../../src/lab/rabbitmq/state.js'

/** A RabbitMQ lab's state for tests: ports 100 to 103. */
export const aRabbitState = (
  options: Partial<RabbitLabOptions> = {},
  over: Partial<RabbitState> = {},
): RabbitState => ({
  service: 'rabbitmq',
  options: { name: 'night', ...options },
  source: 'machine',
  ports: { amqp: 100, management: 101, distribution: 102, epmd: 103 },
  ...over,
})
