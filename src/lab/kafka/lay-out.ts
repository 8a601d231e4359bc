import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import { isEngineRunning } from '../docker.js'
import { freePorts } from '../ports.js'
import { markOf } from '../process.js'
import { prepareEngine } from './docker.js'
import { resolveJars } from './jars.js'
import { ensureJava } from './java.js'
import { KAFKA_RELEASES, type KafkaLabOptions } from './options.js'
import type { NodePorts } from './properties.js'
import type { LabState } from './state.js'

/** Throws a UserError where options contradict each other. */
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

/** Decides what runs the brokers, gets it ready (image, or Java and jars) and draws ports. Nothing is started yet. */
export async function layOut(home: string, options: KafkaLabOptions, say: (line: string) => void): Promise<LabState> {
  const version = options.version ?? '4.1'
  const source = await chooseSource(options)
  const state: LabState = {
    service: 'kafka',
    options,
    source,
    release: KAFKA_RELEASES[version],
    clusterId: makeClusterId(),
    libs: '',
    nodes: await planNodes(options.brokers ?? 1),
    ...(options.keep ? {} : { owner: markOf(process.pid) }),
  }
  if (source === 'docker') {
    await prepareEngine(state, say)
    return state
  }
  await ensureJava(join(home, 'jars', 'install.lock'), say)
  return { ...state, libs: await resolveJars(home, version, say) }
}

async function chooseSource({ source = 'auto' }: KafkaLabOptions): Promise<'docker' | 'java'> {
  if (source !== 'auto') return source
  return (await isEngineRunning()) ? 'docker' : 'java'
}

async function planNodes(count: number): Promise<NodePorts[]> {
  const ports = await freePorts(count * 3)
  return Array.from({ length: count }, (_, index) => {
    const [client = 0, internal = 0, controller = 0] = ports.slice(index * 3)
    return { id: index + 1, client, internal, controller }
  })
}

/** A cluster id as Kafka makes them; one that begins with a dash would read as an option of kafka-storage. */
function makeClusterId(): string {
  const id = randomBytes(16).toString('base64url')
  return id.startsWith('-') ? makeClusterId() : id
}
