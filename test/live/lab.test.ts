import { describe, expect, inject, it } from 'vitest'
import { connect } from '../../src/brokers/kafka/link.js'
import { askBrokerCount } from '../../src/lab/kafka/probe.js'
import { clientProperties } from './kafka-client-properties.js'
import { java, withKafka } from './kafka-lab.js'

const TOPICS = 'org.apache.kafka.tools.TopicCommand'

describe.each(['kafka41', 'kafka39'] as const)('shared %s', key => {
  const shared = inject(key)

  it('answers a metadata request', async () => {
    const port = Number(shared.brokers[0]?.split(':')[1])
    expect(await askBrokerCount({ port, tls: false })).toBe(1)
  })

  it('lets Kafka’s own tools list topics', async () => {
    const bootstrap = ['--bootstrap-server', shared.brokers.join(',')]
    const list = await java(shared, TOPICS, [...bootstrap, '--list'])
    expect(list).toMatchObject({ code: 0 })
  })
})

describe('three brokers', () => {
  it('carry replicated topics, and one can be killed and come back', async () => {
    await withKafka({ brokers: 3, version: '4.1' }, async lab => {
      const at = ['--bootstrap-server', lab.brokers.join(',')]
      const made = await java(lab, TOPICS, [...at, '--create', '--topic', 'orders', '--partitions', '6'])
      expect(made.code, made.stderr).toBe(0)
      const described = await java(lab, TOPICS, [...at, '--describe', '--topic', 'orders'])
      expect(described.stdout).toContain('ReplicationFactor: 3')
      expect(described.stdout).toContain('min.insync.replicas=2')
      await lab.stopNode(2, 'SIGKILL')
      const short = async () => (await java(lab, TOPICS, [...at, '--describe', '--under-replicated-partitions'])).stdout
      await expect.poll(short, { timeout: 30_000 }).toContain('orders')
      await lab.startNode(2)
      await expect.poll(short, { timeout: 30_000 }).not.toContain('orders')
    })
  })
})

describe.each([
  { sasl: 'plain', tls: false, version: '4.1' },
  { sasl: 'scram-sha-256', tls: true, version: '4.1' },
  { sasl: 'scram-sha-512', tls: false, version: '3.9' },
] as const)('a lab with $sasl, TLS $tls, Kafka $version', options => {
  it('lets the admin in, refuses a wrong password, and gives the limited user no rights', async () => {
    await withKafka({ ...options, acl: true }, async lab => {
      const list = async (user: string, password: string) => {
        const file = await clientProperties(lab, { user, password })
        return java(lab, TOPICS, ['--bootstrap-server', lab.brokers.join(','), '--command-config', file, '--list'])
      }
      const at = ['--bootstrap-server', lab.brokers.join(',')]
      const admin = await clientProperties(lab, { user: 'admin', password: 'admin-secret' })
      const made = await java(lab, TOPICS, [...at, '--command-config', admin, '--create', '--topic', 'orders'])
      expect(made.code, made.stderr).toBe(0)
      expect((await list('admin', 'admin-secret')).stdout.trim()).toBe('orders')
      expect((await list('limited', 'limited-secret')).stdout.trim()).toBe('')
      expect((await list('admin', 'wrong')).code).not.toBe(0)
      await using link = await connect(lab.settings)
      expect(link.nodes()).toHaveLength(1)
    })
  })
})
