import type { TestProject } from 'vitest/node'
import type { KafkaLab, KafkaVersion } from '../../src/lab/kafka/options.js'
import { startKafka } from '../../src/lab/kafka/start.js'

/** A broker that all live tests of a run share; whoever needs to break one starts their own (kafka-lab.ts). */
export type SharedKafka = {
  readonly brokers: string[]
  readonly url: string
  readonly version: string
  readonly libs: string
}

declare module 'vitest' {
  interface ProvidedContext {
    kafka41: SharedKafka
    kafka39: SharedKafka
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

const say = (line: string) => process.stderr.write(`lab: ${line}\n`)

let labs: KafkaLab[] = []

/** Starts the shared brokers, one of each version that Spillway is tested on, before the first test file. */
export async function setup(project: TestProject): Promise<void> {
  const start = (version: KafkaVersion) => {
    const name = `test-${version.replace('.', '')}-${process.pid}`
    return startKafka({ name, version, source: 'java', config: QUICK }, say)
  }
  const started = await Promise.allSettled([start('4.1'), start('3.9')])
  labs = started.filter(each => each.status === 'fulfilled').map(each => each.value)
  const failed = started.find(each => each.status === 'rejected')
  if (failed !== undefined) {
    await teardown()
    throw failed.reason
  }
  for (const lab of labs) project.provide(lab.version.startsWith('4.1') ? 'kafka41' : 'kafka39', share(lab))
}

/** Ends them after the last test file. */
export async function teardown(): Promise<void> {
  await Promise.all(labs.map(lab => lab.stop()))
}

const share = ({ brokers, url, version, libs }: KafkaLab): SharedKafka => ({ brokers, url, version, libs })
