import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { publishAll } from './publish.mjs'

const run = promisify(execFile)

/** Makes the queue and fills it with the set's messages: the same ones each time. Throws where it does not hold them all then. */
export async function fillSource({ broker, queues }, name, { type, size, records }) {
  const exchange = await queues.createSource(name, type)
  await publishAll(broker, { exchanges: [exchange], size, records })
  const count = await queues.count([name], records)
  if (count !== records) throw new Error(`${name} holds ${count} messages after filling, not ${records}`)
}

/**
 * What an independent reader sees in queues, which it empties: count, sum of message hashes, order per key.
 * @param {object} session
 * @param {string[]} queues
 * @param {boolean} routing whether routing keys count
 */
export async function digestOf({ broker, tools }, queues, routing) {
  const args = ['-url', broker.url, '-queues', queues.join(','), ...(routing ? ['-routing'] : [])]
  const { stdout } = await run(join(tools.bin, 'digest'), args, { timeout: 600_000 })
  return JSON.parse(stdout)
}
