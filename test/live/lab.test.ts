import { describe, expect, inject, it } from 'vitest'
import { askBrokerCount } from '../../src/lab/kafka/probe.js'
import { java } from './kafka-lab.js'

describe.each(['kafka41', 'kafka39'] as const)('shared %s', key => {
  const shared = inject(key)

  it('answers a metadata request', async () => {
    const port = Number(shared.brokers[0]?.split(':')[1])
    expect(await askBrokerCount({ port, tls: false })).toBe(1)
  })

  it('lets Kafka’s own tools list topics', async () => {
    const bootstrap = ['--bootstrap-server', shared.brokers.join(',')]
    const list = await java(shared, 'org.apache.kafka.tools.TopicCommand', [...bootstrap, '--list'])
    expect(list).toMatchObject({ code: 0 })
  })
})
