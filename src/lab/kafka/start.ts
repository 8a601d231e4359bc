import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import { labHome } from '../home.js'
import { freePorts } from '../ports.js'
import { isRunning, markOf } from '../process.js'
import { resolveJars } from './jars.js'
import { ensureJava } from './java.js'
import { KAFKA_RELEASES, type KafkaLab, type KafkaLabOptions } from './options.js'
import type { NodePorts } from './properties.js'
import { untilFormed } from './ready.js'
import { javaRunner } from './runner.js'
import { bringUp, kafkaLab, removeLab } from './running.js'
import { type LabState, labFolder, readState, readStates, writeState } from './state.js'
import { makeCertificates } from './tls.js'

type Say = (line: string) => void

/**
 * Starts real Kafka brokers on this machine and resolves when each has answered a request. `say` gets progress, a line
 * at a time. Throws a UserError when the options do not fit together, when nothing here can run Kafka, or when a broker
 * does not start; what was started is removed again then.
 */
export async function startKafka(options: KafkaLabOptions, say: Say): Promise<KafkaLab> {
  checkOptions(options)
  const home = options.home ?? labHome(process.env)
  await removeOrphans(home, say)
  const folder = labFolder(home, options.name)
  await claimFolder(home, options.name)
  const runner = javaRunner
  const state = await layOut(home, options, say)
  try {
    await writeState(folder, state)
    if (options.tls) await makeCertificates(join(folder, 'tls'))
    await Promise.all(state.nodes.map(node => runner.prepare(folder, state, node)))
    say(`starting Kafka ${state.release}, ${state.nodes.length} broker${state.nodes.length > 1 ? 's' : ''}`)
    const up = await bringUp(folder, state, { runner, ids: state.nodes.map(node => node.id) })
    await untilFormed(up)
    return kafkaLab(folder, up, runner)
  } catch (error) {
    await removeLab(folder, (await readState(home, options.name)) ?? state, runner)
    throw error
  }
}

/** Throws where options contradict each other. */
export function checkOptions(options: KafkaLabOptions): void {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(options.name)) {
    throw new UserError(`A lab cannot be named "${options.name}"`, {
      hint: 'Use a-z, 0-9 and -, such as `--name night`.',
    })
  }
  if (options.acl && options.sasl === undefined) {
    throw new UserError('--acl needs --sasl: without a login everybody is the same user', {
      hint: 'Add `--sasl plain`.',
    })
  }
}

async function claimFolder(home: string, name: string): Promise<void> {
  if ((await readState(home, name)) !== undefined) {
    throw new UserError(`A lab named ${name} is there already`, {
      hint: `End it with \`spillway lab down --name ${name}\`.`,
    })
  }
  await rm(labFolder(home, name), { recursive: true, force: true })
  await mkdir(labFolder(home, name), { recursive: true })
}

async function layOut(home: string, options: KafkaLabOptions, say: Say): Promise<LabState> {
  const version = options.version ?? '4.1'
  await ensureJava(join(home, 'jars', 'install.lock'), say)
  const libs = await resolveJars(home, version, say)
  return {
    service: 'kafka',
    options,
    source: 'java',
    release: KAFKA_RELEASES[version],
    clusterId: randomBytes(16).toString('base64url'),
    libs,
    nodes: await planNodes(options.brokers ?? 1),
    ...(options.keep ? {} : { owner: markOf(process.pid) }),
  }
}

async function planNodes(count: number): Promise<NodePorts[]> {
  const ports = await freePorts(count * 3)
  return Array.from({ length: count }, (_, index) => {
    const [client = 0, internal = 0, controller = 0] = ports.slice(index * 3)
    return { id: index + 1, client, internal, controller }
  })
}

/** Ends the labs of test runs that were killed before they could. */
async function removeOrphans(home: string, say: Say): Promise<void> {
  for (const state of await readStates(home)) {
    if (state.owner === undefined || isRunning(state.owner)) continue
    say(`removing lab ${state.options.name}, whose owner is gone`)
    await removeLab(labFolder(home, state.options.name), state, javaRunner)
  }
}
