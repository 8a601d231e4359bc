import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import { labHome } from '../home.js'
import { isRunning } from '../process.js'
import { makeCertificates } from '../tls.js'
import { runnerOf } from './find.js'
import { checkOptions, layOut } from './lay-out.js'
import type { KafkaLab, StartOptions } from './options.js'
import { untilFormed } from './ready.js'
import { bringUp, kafkaLab, removeLab } from './running.js'
import { type LabState, labFolder, readState, readStates, writeState } from './state.js'

type Say = (line: string) => void

/**
 * Starts real Kafka brokers on this machine and resolves when each has answered a request. `say` gets progress, a line
 * at a time. Throws a UserError when the options do not fit together, when nothing here can run Kafka, or when a broker
 * does not start; what was started is removed again then.
 */
export async function startKafka({ stop, ...options }: StartOptions, say: Say): Promise<KafkaLab> {
  checkOptions(options)
  const home = options.home ?? labHome(process.env)
  await removeOrphans(home, say)
  await claimFolder(home, options.name)
  const state = await layOut(home, options, say)
  const folder = labFolder(home, options.name)
  try {
    return await launch(folder, state, { say, ...(stop ? { stop } : {}) })
  } catch (error) {
    const reached = (await readState(home, options.name)) ?? state
    await removeLab(folder, reached, runnerOf(state))
    throw error
  }
}

async function launch(folder: string, state: LabState, how: { say: Say; stop?: AbortSignal }): Promise<KafkaLab> {
  const runner = runnerOf(state)
  await writeState(folder, state)
  if (state.options.tls) await makeCertificates(join(folder, 'tls'))
  await Promise.all(state.nodes.map(node => runner.prepare(folder, state, node)))
  const count = state.nodes.length
  how.say(`starting Kafka ${state.release} by ${state.source}, ${count} broker${count > 1 ? 's' : ''}`)
  const up = await bringUp(folder, state, { ...how, runner, ids: state.nodes.map(node => node.id) })
  await untilFormed(up)
  return kafkaLab(folder, up, runner)
}

async function claimFolder(home: string, name: string): Promise<void> {
  if ((await readState(home, name)) !== undefined) {
    throw new UserError(`A lab named ${name} is there already`, {
      hint: `End it: \`spillway lab down --name ${name}\`.`,
    })
  }
  await rm(labFolder(home, name), { recursive: true, force: true })
  await mkdir(labFolder(home, name), { recursive: true })
}

/** Ends the labs of test runs that were killed before they could. */
async function removeOrphans(home: string, say: Say): Promise<void> {
  for (const state of await readStates(home)) {
    if (state.owner === undefined || isRunning(state.owner)) continue
    say(`removing lab ${state.options.name}, whose owner is gone`)
    await removeLab(labFolder(home, state.options.name), state, runnerOf(state))
  }
}
