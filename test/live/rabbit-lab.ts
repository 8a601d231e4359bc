import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'
import { callManagement } from '../../src/lab/rabbitmq/access.js'
import type { RabbitLab, RabbitLabOptions } from '../../src/lab/rabbitmq/options.js'
import { startRabbit } from '../../src/lab/rabbitmq/start.js'
import { pythonWithPika } from './pika.js'
import { QUICK_RABBIT, type SharedRabbit } from './setup.js'

const READER = fileURLToPath(new URL('../tools/rabbit-read.py', import.meta.url))
let labs = 0

/** Starts a RabbitMQ for this test file alone, with the quick settings of the shared one. The caller stops it. */
export function startOwnRabbit(options: Omit<RabbitLabOptions, 'name'> = {}): Promise<RabbitLab> {
  labs += 1
  return startRabbit({ source: 'machine', ...QUICK_RABBIT, ...options, name: `own-${process.pid}-${labs}` })
}

/** Like `startOwnRabbit`, and stops it after the file's last test. Call it in a `beforeAll`. */
export function ownRabbit(options: Omit<RabbitLabOptions, 'name'> = {}): Promise<RabbitLab> {
  const lab = startOwnRabbit(options)
  afterOwn.push(async () => (await lab).stop())
  return lab
}

const afterOwn: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.allSettled(afterOwn.map(stop => stop()))
})

/** Runs `work` with a RabbitMQ of its own, which is gone afterwards. */
export async function withRabbit<T>(
  options: Omit<RabbitLabOptions, 'name'>,
  work: (lab: RabbitLab) => Promise<T>,
): Promise<T> {
  const lab = await startOwnRabbit(options)
  try {
    return await work(lab)
  } finally {
    await lab.stop()
  }
}

/** A call of the management API as guest: `api(rabbit, 'queues/%2F/orders')`, or `{ method: 'PUT', body: {…} }` with it. */
export const api = (
  { managementUrl }: Pick<SharedRabbit, 'managementUrl'>,
  path: string,
  how?: { method?: string; body?: unknown },
): Promise<unknown> => callManagement(managementUrl, path, how)

/** Sets off a memory or disk alarm of a node of one's own, by a limit that it is past, and resolves when it is there; `clear` takes both away. */
export async function alarm(lab: RabbitLab, which: 'memory' | 'disk' | 'clear'): Promise<void> {
  if (which === 'memory') await lab.ctl('set_vm_memory_high_watermark', 'absolute', '1MB')
  else if (which === 'disk') await lab.ctl('set_disk_free_limit', '100000GB')
  else {
    await lab.ctl('set_vm_memory_high_watermark', 'absolute', '1GB')
    await lab.ctl('set_disk_free_limit', '50MB')
  }
  // The server looks at its memory by the second, and at its disk at once.
  const wanted = which === 'clear' ? 'no_alarms' : which
  await expect.poll(() => alarms(lab), { timeout: 60_000 }).toBe(wanted)
}

async function alarms(lab: RabbitLab): Promise<string> {
  const text = await lab.ctl('eval', 'rabbit_alarm:get_alarms().')
  return /memory/.test(text) ? 'memory' : /disk/.test(text) ? 'disk' : 'no_alarms'
}

/** A vhost of this name for one test file, empty, with guest allowed in it; made anew where it was there. */
export async function freshVhost(rabbit: Pick<SharedRabbit, 'managementUrl'>, name: string): Promise<string> {
  await api(rabbit, `vhosts/${encodeURIComponent(name)}`, { method: 'DELETE' }).catch(() => undefined)
  await api(rabbit, `vhosts/${encodeURIComponent(name)}`, { method: 'PUT', body: {} })
  const all = { configure: '.*', write: '.*', read: '.*' }
  await api(rabbit, `permissions/${encodeURIComponent(name)}/guest`, { method: 'PUT', body: all })
  return name
}

/** One message as Python's pika reads it: not our code. Headers are [name, type letter, value], bytes are base64. */
export type Witnessed = {
  readonly body: string
  readonly exchange: string
  readonly routingKey: string
  readonly redelivered: boolean
  readonly properties: Readonly<Record<string, unknown>>
  readonly headers?: readonly WitnessedHeader[]
}
export type WitnessedHeader = readonly [name: string, type: string, value: unknown]

/**
 * Every message of a queue, in the order of delivery, by Python's pika. `ack` takes them away; `peek` gives them back
 * (redelivered afterwards). Ends when the queue is empty, or after `count`.
 */
export async function witness(
  rabbit: Pick<SharedRabbit, 'url'>,
  queue: string,
  { vhost = '/', mode = 'ack', count = 0 }: { vhost?: string; mode?: 'ack' | 'peek'; count?: number } = {},
): Promise<Witnessed[]> {
  const url = `${rabbit.url}/${encodeURIComponent(vhost)}`
  const python = (await pythonWithPika()) ?? 'python3'
  const child = spawn(python, [READER, url, queue, mode, String(count)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject))
  const messages: Witnessed[] = []
  for await (const line of createInterface({ input: child.stdout })) messages.push(JSON.parse(line) as Witnessed)
  if ((await ended) !== 0) throw new Error(`rabbit-read.py failed: ${errors}`)
  return messages
}
