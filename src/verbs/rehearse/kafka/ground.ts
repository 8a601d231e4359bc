import { deleteGroup, deleteTopic } from '../../../brokers/kafka/admin/deletions.js'
import { connect } from '../../../brokers/kafka/link.js'
import type { DrainPlan } from '../../../core/plan.js'
import { isKafkaPlan } from '../../../core/plan-names.js'
import { RunError } from '../../../errors.js'
import type { Io } from '../../../io.js'
import { givenKafka } from '../../../lab/given.js'
import { labHome } from '../../../lab/home.js'
import { inspectLab } from '../../../lab/inspect.js'
import { startKafka } from '../../../lab/kafka/start.js'
import { readState } from '../../../lab/kafka/state.js'
import { type GroundRequest, labName } from '../ground.js'
import type { Ground } from '../night.js'
import { kafkaNight } from './night.js'

/**
 * Starts a Kafka, or takes the one of SPILLWAY_KAFKA_URL. Without `keep` it belongs to this process: should that be
 * killed, the next lab ends it. Throws a UserError where nothing here can run one.
 */
export async function takeKafka({ keep, say }: GroundRequest, io: Io): Promise<Ground> {
  const { env } = io
  if (env.SPILLWAY_KAFKA_URL) return given(env.SPILLWAY_KAFKA_URL)
  const home = labHome(env)
  const lab = await startKafka({ name: labName(), home, keep, stop: io.soft }, say)
  const state = await readState(home, lab.name)
  if (state === undefined) throw new RunError(`The lab ${lab.name} was taken down while it started`)
  const report = await inspectLab(home, state)
  const names = { topic: 'orders', group: 'billing' }
  const night = kafkaNight({ brokers: report.kafka.brokers, ...names })
  return { report, names, night, clear: () => lab.stop() }
}

/** On a Kafka of the user's the names are our own, and go again. */
async function given(url: string): Promise<Ground> {
  const report = await givenKafka(url)
  const { brokers } = report.kafka
  const names = { topic: `orders-${labName()}`, group: `billing-${labName()}` }
  const clear = async (runs: readonly DrainPlan[]) => {
    await using link = await connect({ brokers })
    for (const { targetTopic, run } of runs.filter(isKafkaPlan)) {
      await deleteTopic(link, targetTopic)
      await deleteGroup(link, `spillway.${run}`)
    }
    await deleteTopic(link, names.topic)
    await deleteGroup(link, names.group)
  }
  const leaves = `topic ${names.topic} and group ${names.group}`
  return { report, names, night: kafkaNight({ brokers, ...names }), clear, leaves }
}
