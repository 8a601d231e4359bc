import { describe, expect, it } from 'vitest'
import type { KafkaLabOptions } from '../../../../src/lab/kafka/options.js'
import { propertiesText, serverProperties } from '../../../../src/lab/kafka/properties.js'
import { aState } from './a-state.js'

const of = (options: Partial<KafkaLabOptions>) => {
  const { nodes, options: all } = aState(options)
  const [node = { id: 1, client: 1, internal: 2, controller: 3 }] = nodes
  const places = { logDir: '/d', tlsDir: '/t', bind: '127.0.0.1', hostOf: (id: number) => `host-${id}` }
  return serverProperties({ options: all, node, nodes, ...places })
}

describe('server.properties', () => {
  it('needs one replica with one broker, and two of three in sync with three', () => {
    expect(of({})).toMatchObject({
      'offsets.topic.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'controller.quorum.voters': '1@host-1:102',
    })
    expect(of({ brokers: 3 })).toMatchObject({
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      'transaction.state.log.replication.factor': '3',
      'controller.quorum.voters': '1@host-1:102,2@host-2:202,3@host-3:302',
    })
  })

  it.each([
    [{}, 'PLAINTEXT'],
    [{ tls: true }, 'SSL'],
    [{ sasl: 'plain' }, 'SASL_PLAINTEXT'],
    [{ sasl: 'plain', tls: true }, 'SASL_SSL'],
  ] as const)('opens the clients’ door for %j as %s', (options, protocol) => {
    expect(of(options)['listener.security.protocol.map']).toContain(`CLIENT:${protocol},`)
  })

  it('holds the users of PLAIN, but not those of SCRAM, which the storage holds', () => {
    expect(of({ sasl: 'plain' })['listener.name.client.plain.sasl.jaas.config']).toContain(
      'user_limited="limited-secret"',
    )
    expect(of({ sasl: 'scram-sha-256' })['listener.name.client.scram-sha-256.sasl.jaas.config']).not.toContain('secret')
  })

  it('gives every right to the admin alone when ACLs are on', () => {
    expect(of({ acl: true, sasl: 'plain' })['super.users']).toBe('User:admin;User:ANONYMOUS')
    expect(of({})['authorizer.class.name']).toBeUndefined()
  })

  it('lets the caller’s own lines win', () => {
    expect(of({ config: { 'min.insync.replicas': '9' } })['min.insync.replicas']).toBe('9')
  })

  it('doubles backslashes, which java.util.Properties would eat', () => {
    expect(propertiesText({ a: 'x\\y', b: '1' })).toBe('a=x\\\\y\nb=1\n')
  })
})
