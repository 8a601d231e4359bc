import { dockerRunner } from './docker.js'
import type { KafkaLab } from './options.js'
import { javaRunner, type Runner } from './runner.js'
import { kafkaLab } from './running.js'
import { type LabState, labFolder, readState } from './state.js'

/** What runs the brokers of this lab. */
export const runnerOf = (state: LabState): Runner => (state.source === 'docker' ? dockerRunner : javaRunner)

/** The lab of this name, whoever started it and whether or not its brokers still run; undefined when there is none. */
export async function findKafka(home: string, name: string): Promise<KafkaLab | undefined> {
  const state = await readState(home, name)
  return state && kafkaLab(labFolder(home, name), state, runnerOf(state))
}
