import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import kafkajs from 'kafkajs'

const { Kafka, logLevel } = kafkajs

/**
 * The harness's own view of the broker: topics, end offsets, groups. It uses kafkajs, none of Spillway's code.
 * @param {{ address: string, dataDir: string }} broker
 */
export async function openTopics({ address, dataDir }) {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  const logs = topic =>
    readdirSync(dataDir).filter(
      dir => dir.startsWith(`${topic}-`) && /^(\d+|.*-delete)$/.test(dir.slice(topic.length + 1)),
    )
  return {
    close: () => admin.disconnect(),
    list: () => admin.listTopics(),
    /** Creates a topic and waits for its leaders. */
    create: (topic, partitions) =>
      admin.createTopics({
        waitForLeaders: true,
        topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
      }),
    /** Deletes topics and waits until the broker has let go of their files. */
    async remove(topics) {
      const there = new Set(await admin.listTopics())
      const gone = [...new Set(topics)].filter(topic => there.has(topic))
      if (gone.length > 0) await admin.deleteTopics({ topics: gone, timeout: 30_000 })
      for (let turn = 0; turn < 600 && gone.some(topic => logs(topic).length > 0); turn++) await pause(100)
    },
    /** Sum of the log end offsets: the record count of a topic without transactions. */
    async count(topic) {
      const offsets = await settled(() => admin.fetchTopicOffsets(topic))
      return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
    },
    /** Gives a group committed offsets at the start of each partition, as originals that stopped would have left. */
    async groupAtStart(group, topic, partitions) {
      const offsets = Array.from({ length: partitions }, (_, partition) => ({ partition, offset: '0' }))
      await admin.setOffsets({ groupId: group, topic, partitions: offsets })
    },
    /** Forgets the groups of movers that have ended: a survey looks at every group. A killed mover's may still have members. */
    async dropGroups() {
      const { groups } = await admin.listGroups()
      const ours = groups.map(({ groupId }) => groupId).filter(id => /^(bench-|perf-consumer-|mm2-)/.test(id))
      const { groups: described } = ours.length > 0 ? await admin.describeGroups(ours) : { groups: [] }
      const empty = described.filter(({ state }) => state === 'Empty').map(({ groupId }) => groupId)
      if (empty.length > 0) await admin.deleteGroups(empty)
    },
    /** Reads a topic's log into the page cache, so that no run pays for a cold disk. Answers its bytes. */
    warm(topic) {
      const buffer = Buffer.allocUnsafe(1 << 20)
      let bytes = 0
      for (const dir of logs(topic))
        for (const file of readdirSync(join(dataDir, dir)))
          if (file.endsWith('.log')) bytes += readAll(join(dataDir, dir, file), buffer)
      return bytes
    },
  }
}

/** A topic just created has leaders that do not know it yet: asks again for five seconds while the broker says so. */
async function settled(ask, turns = 50) {
  try {
    return await ask()
  } catch (error) {
    if (!error.retriable || turns === 0) throw error
    await pause(100)
    return settled(ask, turns - 1)
  }
}

function readAll(path, buffer) {
  const fd = openSync(path, 'r')
  let bytes = 0
  for (let got = 1; got > 0; bytes += got) got = readSync(fd, buffer)
  closeSync(fd)
  return bytes
}
