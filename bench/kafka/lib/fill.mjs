import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { say } from '../../lib/command.mjs'
import { SOURCE_PARTITIONS, sourceTopic } from './sets.mjs'

const run = promisify(execFile)

/** Creates and fills the source of a set, unless it is there with the right count. Needs Go. */
export async function fillSource({ broker, tools, topics }, set) {
  const topic = sourceTopic(set)
  if ((await topics.list()).includes(topic)) {
    if ((await topics.count(topic)) === set.records) return topic
    await topics.remove([topic])
  }
  if (!tools.go) throw new Error('go is not on PATH: the sources are filled by bench/kafka/franz-go/gen')
  await topics.create(topic, SOURCE_PARTITIONS)
  const start = performance.now()
  const shape = ['-records', set.records, '-size', set.size, '-batch', set.batch, '-codec', set.codec]
  await run(join(tools.bin, 'gen'), ['-brokers', broker.address, '-topic', topic, ...shape.map(String)])
  const count = await topics.count(topic)
  if (count !== set.records) throw new Error(`${topic} holds ${count} records after filling, not ${set.records}`)
  say(`filled ${topic}: ${count} records in ${((performance.now() - start) / 1000).toFixed(1)} s`)
  return topic
}

/** What an independent reader sees in a topic under read_committed: count, sum of record hashes, order per key. */
export async function digestOf({ broker, tools }, topic, bare = false) {
  const args = ['-brokers', broker.address, '-topic', topic, ...(bare ? ['-bare'] : [])]
  const { stdout } = await run(join(tools.bin, 'digest'), args, { timeout: 300_000 })
  return JSON.parse(stdout)
}
