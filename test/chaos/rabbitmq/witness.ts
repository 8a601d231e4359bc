import { pythonWithPika } from '../../live/pika.js'
import { runProgram } from '../processes.js'

/** A RabbitMQ, as its clients reach it. `url` has no virtual host. */
export type Place = { readonly url: string; readonly managementUrl: string; readonly vhost: string }

/** One message as pika read it. `digest` is of body, routing key, properties and headers with their types, what a drain sets aside put back. */
export type Copy = {
  readonly queue: string
  /** The property message-id: `SEED-NUMBER`. */
  readonly id: string
  readonly routingKey: string
  readonly priority: number
  readonly digest: string
}

const TIMEOUT_MS = 120_000
// From the project's folder, as the Java reader is.
const READER = 'test/tools/rabbit-read.py'

/** Takes every message of these queues, in order of delivery, by Python's pika: not our code. */
export async function takeAll({ url, vhost }: Place, queues: readonly string[]): Promise<readonly Copy[]> {
  const python = (await pythonWithPika()) ?? 'python3'
  const args = [READER, `${url}/${encodeURIComponent(vhost)}`, queues.join(','), 'ack', '0', 'digest']
  const { code, out, err } = await runProgram(python, args, { timeoutMs: TIMEOUT_MS })
  if (code !== 0) throw new Error(`rabbit-read.py ended with ${code}: ${err}`)
  return out
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Copy)
}
