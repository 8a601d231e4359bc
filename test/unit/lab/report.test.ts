import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeLab, settingsSnippet } from '../../../src/lab/report.js'

const sasl = { mechanism: 'scram-sha-256', username: 'admin', password: 'admin-secret' } as const

it('writes the cluster as spillway.yaml takes it', () => {
  const text = settingsSnippet('night', { brokers: ['127.0.0.1:1', '127.0.0.1:2'], tls: { ca: '/a b/ca.pem' }, sasl })
  expect(parse(text)).toEqual({
    clusters: { night: { brokers: ['127.0.0.1:1', '127.0.0.1:2'], tls: { ca: '/a b/ca.pem' }, sasl } },
  })
})

it('says of each broker whether it answers, and shows settings only where an address is not enough', () => {
  const nodes = [
    { id: 1, port: 1, pid: 7, ready: true },
    { id: 2, port: 2, pid: 0, ready: false },
  ]
  const kafka = {
    source: 'java',
    address: 'kafka://127.0.0.1:1',
    brokers: [],
    nodes,
    ready: false,
    settings: 'x',
  } as const
  const text = describeLab({ name: 'night', kafka })
  expect(text).toContain('night: Kafka by java, NOT READY')
  expect(text).toContain('broker 1  127.0.0.1:1, pid 7, ready')
  expect(text).toContain('broker 2  127.0.0.1:2, does not answer')
  expect(text).not.toContain('spillway.yaml')
})
