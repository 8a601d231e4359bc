import { connect } from 'amqplib'
import { Kafka, logLevel } from 'kafkajs'
import { expect, inject, it } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { commitOffsets } from '../../src/brokers/kafka/admin/offsets.js'
import { onLink } from './drain-harness.js'
import { spillway } from './kafka-lab.js'
import { freshVhost, witness } from './rabbit-lab.js'
import { aHome, documentOf, GO, MESSAGES } from './runbook-harness.js'

/** Runs the runbook to its end, and gives what the ledger says of one message afterwards. */
async function play(home: string, values: Readonly<Record<string, string>>) {
  const flags = Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const ended = await spillway(['runbook', 'run', 'queue-full', ...flags, ...GO, '--wait', '60s'], { home })
  const document = documentOf(ended)
  expect({ code: ended.code, ...document.error }, ended.stderr).toEqual({ code: 0 })
  expect(document).toMatchObject({ state: 'complete', next: null })
  expect(document.steps.map(({ state }) => state)).toEqual(document.steps.map(() => 'done'))
  const asked = await spillway(['ledger', values.sample ?? '', '--output', 'json'], { home })
  expect(asked.code).toBe(0)
  expect(JSON.parse(asked.stdout).events).toMatchObject([
    { what: 'discarded', run: document.kept.run, where: `archive:${document.kept.run}` },
    { what: 'replayed', run: document.kept.replay },
  ])
}

const BODIES = Array.from({ length: MESSAGES }, (_, i) => `v${i}`)

it('lets a queue of RabbitMQ go and brings it back', async () => {
  const rabbit = inject('rabbitmq')
  const [vhost, queue] = [`full-${process.pid}`, 'orders']
  await freshVhost(rabbit, vhost)
  const model = await connect(`${rabbit.url}/${vhost}`)
  const channel = await model.createConfirmChannel()
  await channel.assertQueue(queue, { durable: true })
  BODIES.forEach((body, i) => {
    channel.sendToQueue(queue, Buffer.from(body), { persistent: true, messageId: `m${i}` })
  })
  await channel.waitForConfirms()
  await model.close()
  const source = `${rabbit.url}/${vhost}/${queue}`
  const management = `--management ${rabbit.managementUrl}`
  await play(await aHome(), { source, name: queue, management, sample: 'm7', rate: '5k' })
  const back = await witness(rabbit, queue, { vhost })
  expect(back.map(({ body }) => Buffer.from(body, 'base64').toString())).toEqual(BODIES)
})

it('lets a topic of Kafka go and brings it back', async () => {
  const broker = inject('kafka41')
  const topic = `full-${process.pid}`
  const group = `${topic}-g`
  await onLink(broker, async link => {
    await createTopic(link, { name: topic, partitions: 1, replication: 1, settings: {} })
    await commitOffsets(link, group, topic, [{ partition: 0, offset: 0, metadata: '' }])
  })
  const producer = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING }).producer()
  await producer.connect()
  await producer.send({ topic, messages: BODIES.map(value => ({ key: 'k', value })) })
  await producer.disconnect()
  const source = `${broker.url}/${topic}?group=${group}`
  const discard = '--consumers-stopped'
  await play(await aHome(), { source, name: topic, discard, sample: `${topic}/0/7`, rate: '5k' })
})
