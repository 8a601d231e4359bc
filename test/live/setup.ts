import type { TestProject } from 'vitest/node'
import type { KafkaLab, KafkaVersion } from '../../src/lab/kafka/options.js'
import { startKafka } from '../../src/lab/kafka/start.js'
import type { RabbitLab, RabbitLabOptions } from '../../src/lab/rabbitmq/options.js'
import { startRabbit } from '../../src/lab/rabbitmq/start.js'
import { compileTools } from '../tools/classes.js'
import { ensurePika } from './pika.js'

/** A broker that all live tests of a run share; whoever needs to break one starts their own (kafka-lab.ts). */
export type SharedKafka = {
  readonly brokers: string[]
  readonly url: string
  readonly version: string
  readonly libs: string
}

/** A RabbitMQ that all live tests of a run share: a vhost a file (`freshVhost`); whoever needs to break it starts their own (rabbit-lab.ts). */
export type SharedRabbit = Pick<
  RabbitLab,
  'name' | 'url' | 'amqpPort' | 'managementUrl' | 'version' | 'settings' | 'dataDir'
>

declare module 'vitest' {
  interface ProvidedContext {
    kafka41: SharedKafka
    kafka39: SharedKafka
    rabbitmq: SharedRabbit
  }
}

/** Lines of server.properties that make a broker quick to react, and careless about typos as many real ones are. */
export const QUICK = {
  'auto.create.topics.enable': 'true',
  'log.retention.check.interval.ms': '1000',
  'log.initial.task.delay.ms': '1000',
  'log.cleaner.backoff.ms': '1000',
  'log.segment.delete.delay.ms': '1000',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000',
}

/** The management API's memory of a kind: a minute by the second, an hour by the minute, instead of five seconds at best. */
function samples(kind: string): Record<string, string> {
  const policy = `management.sample_retention_policies.${kind}`
  return { [`${policy}.minute`]: '1', [`${policy}.hour`]: '60' }
}

/** What makes a RabbitMQ quick to react: statistics and quorum queues' counts by the second, consumer_timeout looked at by the second. */
export const QUICK_RABBIT: Pick<RabbitLabOptions, 'config' | 'advanced'> = {
  config: { collect_statistics_interval: '1000', ...samples('global'), ...samples('basic'), ...samples('detailed') },
  advanced: '[{rabbit, [{channel_tick_interval, 1000}, {quorum_tick_interval, 1000}]}].\n',
}

/** The systems to start; a single test file may do with one of them: LIVE_BROKERS=rabbitmq. */
const WANTED = (process.env.LIVE_BROKERS ?? 'kafka,rabbitmq').split(',')

const say = (line: string) => process.stderr.write(`lab: ${line}\n`)

let labs: (KafkaLab | RabbitLab)[] = []

/** Starts the shared brokers, one Kafka of each version that Spillway is tested on and one RabbitMQ, before the first test file. */
export async function setup(project: TestProject): Promise<void> {
  const start = (version: KafkaVersion) => {
    const name = `test-${version.replace('.', '')}-${process.pid}`
    return startKafka({ name, version, source: 'java', config: QUICK }, say)
  }
  const rabbit = () => startRabbit({ name: `test-${process.pid}`, source: 'machine', ...QUICK_RABBIT }, say)
  const wanted = <T>(system: string, work: () => Promise<T>) => (WANTED.includes(system) ? work() : undefined)
  const kafkas = [wanted('kafka', () => start('4.1')), wanted('kafka', () => start('3.9'))] as const
  const rabbits = [wanted('rabbitmq', rabbit), wanted('rabbitmq', () => ensurePika(say))] as const
  const started = await Promise.allSettled([...kafkas, ...rabbits])
  labs = started.flatMap(each => (each.status === 'fulfilled' && each.value ? [each.value] : []))
  const failed = started.find(each => each.status === 'rejected')
  if (failed !== undefined) {
    await teardown()
    throw failed.reason
  }
  const [kafka41, kafka39, rabbitmq] = [await kafkas[0], await kafkas[1], await rabbits[0]]
  await Promise.all([kafka41, kafka39].map(kafka => kafka && compileTools(kafka.libs)))
  if (kafka41) project.provide('kafka41', share(kafka41))
  if (kafka39) project.provide('kafka39', share(kafka39))
  if (rabbitmq) project.provide('rabbitmq', shareRabbit(rabbitmq))
}

/** Ends them after the last test file. */
export async function teardown(): Promise<void> {
  await Promise.all(labs.map(lab => lab.stop()))
}

const share = ({ brokers, url, version, libs }: KafkaLab): SharedKafka => ({ brokers, url, version, libs })

const shareRabbit = ({ name, url, amqpPort, managementUrl, version, settings, dataDir }: RabbitLab): SharedRabbit => ({
  name,
  url,
  amqpPort,
  managementUrl,
  version,
  settings,
  dataDir,
})
