import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_MS = 100

/** MirrorMaker 2 with one cluster under two aliases, tuned for volume; 3 partitions to 3, as it keeps partitions. */
export const mirrorMaker = {
  name: 'mirror-maker',
  route: 'key',
  guarantee: 'at least once, 3 to 3 partitions',
  digest: 'full',
  missing: tools => (tools.java ? undefined : 'java is not on PATH'),
  async prepare(job) {
    job.mirror = `mm2-${randomUUID().slice(0, 8)}`
  },
  command: ({ broker, source, set, dir, mirror }) => {
    const path = join(dir, 'mm2.properties')
    writeFileSync(path, properties({ address: broker.address, source, mirror, codec: set.codec }))
    const main = ['org.apache.kafka.connect.mirror.MirrorMaker', path]
    return { file: 'java', args: ['-Xmx1g', '-cp', broker.classPath, ...main] }
  },
  target: (_output, { source }) => `a.${source}`,
  /** Looks until every record is at the target. Rate while it moves: from the first look that saw records to the last. */
  async until({ topics, source, set }, exited) {
    const start = performance.now()
    let first
    while (!exited()) {
      const there = (await topics.list()).includes(`a.${source}`)
      const count = there ? await topics.count(`a.${source}`) : 0
      const at = performance.now()
      if (count > 0) first ??= { count, at }
      if (count >= set.records) return movement({ start, first, at, records: count })
      await pause(LOOK_MS)
    }
    throw new Error('MirrorMaker 2 ended before the target was full')
  },
  leftovers: async ({ topics, mirror }) => (await topics.list()).filter(topic => isMirrors(topic, mirror)),
}

const movement = ({ start, first, at, records }) => ({
  startup: (first.at - start) / 1000,
  seconds: (at - first.at) / 1000,
  rate: at > first.at ? (records - first.count) / ((at - first.at) / 1000) : undefined,
})

const isMirrors = (topic, mirror) =>
  topic.startsWith(mirror) || /^(mm2-.*\.internal|([ab]\.)*heartbeats|[ab]\.checkpoints\.internal)$/.test(topic)

const properties = ({ address, source, mirror, codec }) => `clusters = a, b
a.bootstrap.servers = ${address}
b.bootstrap.servers = ${address}
a->b.enabled = true
b->a.enabled = false
a->b.topics = ^${source}$
a->b.emit.heartbeats.enabled = false
a->b.emit.checkpoints.enabled = false
a->b.sync.group.offsets.enabled = false
a->b.sync.topic.acls.enabled = false
a->b.tasks.max = 3
emit.heartbeats.enabled = false
replication.factor = 1
checkpoints.topic.replication.factor = 1
heartbeats.topic.replication.factor = 1
offset-syncs.topic.replication.factor = 1
offset.storage.replication.factor = 1
status.storage.replication.factor = 1
config.storage.replication.factor = 1
group.id = ${mirror}
offset.storage.topic = ${mirror}-offsets
config.storage.topic = ${mirror}-configs
status.storage.topic = ${mirror}-status
dedicated.mode.enable.internal.rest = false
a.consumer.max.poll.records = 20000
a.consumer.fetch.max.bytes = 33554432
a.consumer.max.partition.fetch.bytes = 8388608
a.consumer.fetch.min.bytes = 1048576
b.producer.batch.size = 262144
b.producer.linger.ms = 20
b.producer.buffer.memory = 134217728
b.producer.max.request.size = 2000000
b.producer.compression.type = ${codec}
`
