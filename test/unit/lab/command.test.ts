import { expect, it } from 'vitest'
import { fillRequest } from '../../../src/commands/lab-fill.js'
import { meansQueue, queueFillRequest } from '../../../src/commands/lab-fill-queue.js'
import { upRequest } from '../../../src/commands/lab-up.js'
import { Problems } from '../../../src/commands/problems.js'

const common = { execute: false, yes: false, waitMs: 0 }
const given = <F>(flags: F, args: string[] = []) => ({ args, flags, common, problems: new Problems() })

it('asks for one broker of 4.1 where nothing is said', () => {
  expect(upRequest(given({}))).toEqual({
    services: ['kafka'],
    name: 'lab',
    brokers: 1,
    version: '4.1',
    tls: false,
    acl: false,
  })
})

it('reads every flag of up', () => {
  const flags = { name: 'b', brokers: '3', version: '3.9', sasl: 'scram-sha-512', tls: true, acl: true, heap: '1g' }
  expect(upRequest(given(flags, ['kafka']))).toEqual({ ...flags, services: ['kafka'], brokers: 3 })
})

it.each([
  [{ heap: 'big' }, '--heap'],
  [{ name: '../x' }, '--name'],
  [{ version: '2.8' }, '--version'],
  [{ acl: true }, '--acl'],
])('refuses %j', (flags, at) => {
  const asked = given(flags)
  upRequest(asked)
  expect(() => asked.problems.raise()).toThrow(at)
})

it('takes topic and group of a backlog from the address, and flags over the defaults', () => {
  const request = fillRequest(
    given({ records: '1M', batch: 'single', size: '2KiB', aborts: '0.1', spread: '2h' }, ['kafka://h:1/t?group=g']),
  )
  expect(request).toMatchObject({ topic: 't', place: { address: { brokers: ['h:1'] } } })
  expect(request.backlog).toMatchObject({ records: 1e6, batch: 'single', size: 2048, aborts: 0.1, group: 'g' })
  expect(request.backlog.spreadMs).toBe(7_200_000)
})

it('fills topic orders of the lab where nothing is said', () => {
  expect(fillRequest(given({}))).toMatchObject({ name: 'lab', topic: 'orders', backlog: { records: 100_000 } })
})

it('refuses two targets and two topics', () => {
  const asked = given({ name: 'b', topic: 'u' }, ['kafka://h:1/t'])
  fillRequest(asked)
  expect(() => asked.problems.raise()).toThrow('2 problems')
})

it('fills a queue where the address or --queue means one', () => {
  const flags = { records: '5k', queueType: 'quorum', ttl: '1h', headers: 'all', size: '0B', maxPriority: '5' }
  expect(meansQueue(given({}, ['amqps://h/v/q']))).toBe(true)
  expect(meansQueue(given({}, ['kafka://h:1/t']))).toBe(false)
  expect(queueFillRequest(given(flags, ['amqp://h:1//q']))).toMatchObject({
    system: 'rabbitmq',
    queue: 'q',
    place: { address: { server: { host: 'h', port: 1 }, vhost: '/' } },
    backlog: { messages: 5000, queueType: 'quorum', ttlMs: 3_600_000, headers: 'all', size: 0, maxPriority: 5 },
  })
  expect(queueFillRequest(given({ queue: 'parcels' }))).toMatchObject({ name: 'lab', queue: 'parcels' })
})

it('refuses for a queue what only a topic has, and the other way round', () => {
  const queue = given({ queue: 'q', partitions: '3', codec: 'gzip' })
  queueFillRequest(queue)
  expect(() => queue.problems.raise()).toThrow('2 problems')
  const topic = given({ ttl: '1h' })
  fillRequest(topic)
  expect(() => topic.problems.raise()).toThrow('--ttl: is for RabbitMQ')
})

it('starts both kinds, and takes no flag of Kafka’s for RabbitMQ alone', () => {
  expect(upRequest(given({ brokers: '3' }, ['kafka', 'rabbitmq']))).toMatchObject({
    services: ['kafka', 'rabbitmq'],
    brokers: 3,
  })
  expect(upRequest(given({ version: '4' }, ['rabbitmq']))).toMatchObject({ rabbitVersion: '4' })
  const alone = given({ brokers: '3', tls: true }, ['rabbitmq'])
  upRequest(alone)
  expect(() => alone.problems.raise()).toThrow('--brokers: is for Kafka')
})

it('starts a database, beside a broker or alone, and takes no flag of a broker’s for it', () => {
  expect(upRequest(given({ tls: true }, ['rabbitmq', 'postgres']))).toMatchObject({
    services: ['rabbitmq', 'postgres'],
    tls: true,
  })
  const alone = given({ tls: true, version: '4' }, ['postgres'])
  upRequest(alone)
  expect(() => alone.problems.raise()).toThrow('2 problems')
})

it('blames flags of Kafka’s for nothing where its name is misspelt', () => {
  const asked = given({ brokers: '3', heap: '1g' }, ['kafak'])
  upRequest(asked)
  expect(() => asked.problems.raise()).toThrow('service: "kafak" is not one of kafka, rabbitmq, postgres')
})
