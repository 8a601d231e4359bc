import { describe, expect, it } from 'vitest'
import { parseBrokers } from '../../../../../src/brokers/kafka/wire/addresses.js'

describe('parseBrokers', () => {
  it('takes names, IPv4, IPv6 in brackets, and a missing port', () => {
    const parsed = parseBrokers(['kafka-1:9093', '10.0.0.1', '[::1]:9094']).map(({ host, port }) => `${host} ${port}`)
    expect(parsed).toEqual(['kafka-1 9093', '10.0.0.1 9092', '::1 9094'])
  })

  it.each([[[]], [['a:b']], [['a:99999']], [['::1']], [['']]])('refuses %j', brokers => {
    expect(() => parseBrokers(brokers)).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})
