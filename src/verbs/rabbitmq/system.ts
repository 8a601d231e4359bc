import { UserError } from '../../errors.js'
import type { System } from '../system.js'

const notYet = (): never => {
  throw new UserError('RabbitMQ comes with a later version', { code: 'not-supported' })
}

/** RabbitMQ, for the verbs. */
export const rabbitmq: System = {
  kind: 'rabbitmq',
  openSource: async () => notYet(),
  openPlanner: async () => notYet(),
  connect: async () => notYet(),
  adopt: async () => notYet(),
  showCluster: async () => notYet(),
}
