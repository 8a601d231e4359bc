import { createTopic } from '../../../src/brokers/kafka/admin/create-topic.js'
import { deleteTopic } from '../../../src/brokers/kafka/admin/deletions.js'
import { connect } from '../../../src/brokers/kafka/link.js'
import { callManagement } from '../../../src/lab/rabbitmq/access.js'
import { pythonWithPika } from '../../live/pika.js'
import { javaArguments } from '../../tools/classes.js'
import type { Place as KafkaPlace } from '../kafka/witness.js'
import { runProgram } from '../processes.js'
import type { Place as RabbitPlace } from '../rabbitmq/witness.js'
import type { Seen } from './judge.js'

/** Where the rows of one copy go. */
export type Target = {
  /** The address for `--to`. */
  readonly address: string
  /** Flags of each command that connects to it. */
  readonly always: readonly string[]
  /** All that a client that is not ours reads there, in its order. */
  read(): Promise<readonly Seen[]>
  remove(): Promise<void>
}

const TIMEOUT_MS = 120_000
const JAVA = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx512m']

/** A topic with three partitions. The rows are older than a topic usually keeps, which counts from their own time. */
export async function topicFor({ brokers, libs }: KafkaPlace, name: string): Promise<Target> {
  await using link = await connect({ brokers: [...brokers] })
  await createTopic(link, { name, partitions: 3, replication: 1, settings: { 'retention.ms': '-1' } })
  return {
    address: `kafka://${brokers.join(',')}/${name}`,
    always: [],
    async read() {
      const program = javaArguments(libs, 'test/tools/Read.java')
      const reader = [...JAVA, ...program, brokers.join(','), name, `${name}-witness`]
      const lines = await linesOf('java', reader)
      return lines.map(({ partition, key, value }) => ({
        strand: String(partition),
        key: text(key),
        value: text(value),
      }))
    },
    async remove() {
      await using again = await connect({ brokers: [...brokers] })
      await deleteTopic(again, name)
    },
  }
}

/** A durable queue. */
export async function queueFor({ url, managementUrl, vhost }: RabbitPlace, name: string): Promise<Target> {
  const path = `queues/${encodeURIComponent(vhost)}/${name}`
  await callManagement(managementUrl, path, { method: 'PUT', body: { durable: true } })
  const root = `${url}/${encodeURIComponent(vhost)}`
  return {
    address: `${root}/${name}`,
    always: ['--management', managementUrl],
    async read() {
      const python = (await pythonWithPika()) ?? 'python3'
      const lines = await linesOf(python, ['test/tools/rabbit-read.py', root, name, 'ack', '0'])
      return lines.map(({ body }) => ({ strand: name, key: String(JSON.parse(text(body)).id), value: text(body) }))
    },
    remove: async () => void (await callManagement(managementUrl, path, { method: 'DELETE' })),
  }
}

type Line = Readonly<Record<string, string | number | null>>

async function linesOf(program: string, args: readonly string[]): Promise<Line[]> {
  const { code, out, err } = await runProgram(program, args, { timeoutMs: TIMEOUT_MS })
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${err}`)
  return out
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Line)
}

const text = (base64: string | number | null | undefined): string => Buffer.from(String(base64), 'base64').toString()
