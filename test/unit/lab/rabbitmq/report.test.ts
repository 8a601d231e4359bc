import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeRabbit, rabbitSettings } from '../../../../src/lab/rabbitmq/report.js'
import { describeLab } from '../../../../src/lab/report.js'

const way = { address: 'amqps://127.0.0.1:1', management: 'http://127.0.0.1:2', ca: '/a b/ca.pem' }

it('writes the cluster as spillway.yaml takes it', () => {
  expect(parse(rabbitSettings('night', way))).toEqual({
    clusters: { night: { url: way.address, management: way.management, tls: { ca: way.ca } } },
  })
})

it('says how to reach it, and whether it answers', () => {
  const settings = rabbitSettings('night', way)
  const rabbit = { source: 'machine', version: '3.10.8', ...way, pid: 7, ready: false, folder: '/l', settings } as const
  const text = describeRabbit('night', rabbit)
  expect(text).toContain('night: RabbitMQ 3.10.8 by machine, NOT READY')
  expect(text).toContain('address     amqps://127.0.0.1:1//QUEUE')
  expect(text).toContain('--management')
  expect(text).toContain('log         /l/broker.log')
  expect(describeLab({ name: 'night', rabbitmq: rabbit })).toBe(text)
})
