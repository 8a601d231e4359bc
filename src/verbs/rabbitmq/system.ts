import { UserError } from '../../errors.js'
import type { System } from '../system.js'
import { connectDiscard, openDiscard } from './discard/open.js'
import { endsOf, ours } from './ends.js'
import { connectFanout, openFanout } from './fanout/open.js'
import { openSender } from './fanout/sender.js'
import { reconnect } from './links.js'
import { showCluster } from './on-cluster.js'
import { openPlanner } from './planner.js'
import { openReplayTarget } from './replay/target.js'
import { openSource } from './survey-source.js'

/** RabbitMQ, for the verbs. */
export const rabbitmq: System = {
  kind: 'rabbitmq',
  openSource,
  openPlanner,
  openFanout,
  connectFanout,
  openDiscard,
  connectDiscard,
  openSender,
  openReplayTarget,
  openDeadLetters: async (place, asked, where) =>
    (await import('./redrive/open.js')).openDeadLetters(place, asked, where),
  archive: async () => (await import('./replay/archive.js')).rabbitArchive,
  connect: async (plan, again, where) => endsOf(await reconnect(ours(plan), again, where), where),
  async adopt() {
    throw new UserError('A run of RabbitMQ leaves no claim that could be adopted', {
      code: 'not-supported',
      hint: 'What is not copied is still in the queue: drain it anew. `spillway runs --cluster C` lists the temporary queues, whose messages stay to be worked off.',
    })
  },
  showCluster,
}
