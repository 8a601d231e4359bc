import { isKafkaPlan } from '../../core/plan-names.js'
import { Bug } from '../../errors.js'
import type { System } from '../system.js'
import { adopt } from './adopt/adopt.js'
import { connectDiscard, openDiscard } from './discard/open.js'
import { endsOf } from './ends.js'
import { connectFanout, openFanout } from './fanout/open.js'
import { openSender } from './fanout/sender.js'
import { showCluster } from './on-cluster.js'
import { openPlanner } from './planner.js'
import { reconnect } from './reconnect.js'
import { openReplayTarget } from './replay/target.js'
import { openSource } from './survey-source.js'

/** Kafka, for the verbs. */
export const kafka: System = {
  kind: 'kafka',
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
  archive: async () => (await import('./replay/archive.js')).kafkaArchive,
  async connect(plan, again, where) {
    if (!isKafkaPlan(plan)) throw new Bug(`Plan ${plan.run} is not one of Kafka`)
    return endsOf(await reconnect(plan, again, where), where)
  },
  adopt,
  showCluster,
}
