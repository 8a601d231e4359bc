import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { deleteGroup, deleteTopic } from '../../brokers/kafka/admin/deletions.js'
import { connect } from '../../brokers/kafka/link.js'
import { RunError } from '../../errors.js'
import type { Io } from '../../io.js'
import { givenKafka } from '../../lab/given.js'
import { labHome } from '../../lab/home.js'
import { inspectLab } from '../../lab/inspect.js'
import { startKafka } from '../../lab/kafka/start.js'
import { readState } from '../../lab/kafka/state.js'
import type { LabReport } from '../../lab/report.js'

/** Where a rehearsal takes place. `clear` ends the broker that was started, or removes our names from the one that was given. */
export type Ground = {
  readonly report: LabReport
  readonly topic: string
  readonly group: string
  readonly clear: () => Promise<void>
}

/** A folder beside the labs, so that a rehearsal leaves no run among the real ones. */
export async function makeHome(env: Io['env']): Promise<string> {
  await mkdir(labHome(env), { recursive: true })
  return mkdtemp(join(labHome(env), 'rehearsal-'))
}

/** The name of this rehearsal's lab; two at once do not meet. */
export const labName = (): string => `rehearsal-${process.pid}`

/**
 * Starts a Kafka, or takes the one of SPILLWAY_KAFKA_URL. Without `keep` it belongs to this process: should that be
 * killed, the next lab ends it. Throws a UserError where nothing here can run one.
 */
export async function takeGround(how: { keep: boolean; say: (line: string) => void }, io: Io): Promise<Ground> {
  const { env } = io
  if (env.SPILLWAY_KAFKA_URL) return given(env.SPILLWAY_KAFKA_URL)
  const home = labHome(env)
  const lab = await startKafka({ name: labName(), home, keep: how.keep, stop: io.soft }, how.say)
  const state = await readState(home, lab.name)
  if (state === undefined) throw new RunError(`The lab ${lab.name} was taken down while it started`)
  return { report: await inspectLab(home, state), topic: 'orders', group: 'billing', clear: () => lab.stop() }
}

/** On a Kafka of the user's the names are our own, and go again. */
async function given(url: string): Promise<Ground> {
  const report = await givenKafka(url)
  const topic = `orders-${labName()}`
  const group = `billing-${labName()}`
  const clear = async () => {
    await using link = await connect({ brokers: report.kafka.brokers })
    await deleteTopic(link, topic)
    await deleteGroup(link, group)
  }
  return { report, topic, group, clear }
}
