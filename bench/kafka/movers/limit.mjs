import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const JAVA = ['-Xmx512m', '-cp']
const PRODUCER = [
  'acks=all',
  'batch.size=262144',
  'linger.ms=20',
  'buffer.memory=134217728',
  'max.request.size=2000000',
]
const CONSUMER = ['max.partition.fetch.bytes=4194304', 'fetch.max.bytes=16777216', 'auto.offset.reset=earliest']

/** What the broker gives Kafka's own Java tools, reading the source and writing as much at once. Nothing is copied. */
export const limit = {
  name: 'limit',
  route: 'none',
  guarantee: 'reads and writes at once, copies nothing',
  digest: 'none',
  missing: tools => (tools.java ? undefined : 'java is not on PATH'),
  createsTarget: true,
  command: ({ broker, source, target, set, dir }) => {
    const config = join(dir, 'consumer.properties')
    writeFileSync(config, `${CONSUMER.join('\n')}\n`)
    const java = [...JAVA, broker.classPath]
    const read = [
      ...['java', ...java, 'org.apache.kafka.tools.ConsumerPerformance', '--bootstrap-server', broker.address],
      ...['--topic', source, '--messages', set.records, '--timeout', '60000', '--consumer.config', config],
    ]
    const write = [
      ...[
        'java',
        ...java,
        'org.apache.kafka.tools.ProducerPerformance',
        '--topic',
        target,
        '--num-records',
        set.records,
      ],
      ...['--record-size', set.size, '--throughput', '-1', '--producer-props', `bootstrap.servers=${broker.address}`],
      ...[...PRODUCER, `compression.type=${set.codec}`],
    ]
    const line = words => words.map(word => `'${word}'`).join(' ')
    return { file: 'bash', args: ['-c', `${line(read)} & ${line(write)}; wrote=$?; wait $! && exit $wrote`] }
  },
}
