import { describe, expect, it } from 'vitest'
import { check, fromKafka } from '../../../../src/brokers/kafka/errors.js'
import { errorCode } from '../../../../src/brokers/kafka/wire/error-codes.js'
import { diagnose } from '../../../../src/brokers/kafka/wire/network-errors.js'

describe('fromKafka', () => {
  it('keeps the protocol name and whether to retry', () => {
    expect(fromKafka(51, { doing: 'x' })).toMatchObject({ code: 'CONCURRENT_TRANSACTIONS', retry: true })
    expect(fromKafka(90, { doing: 'x' })).toMatchObject({ code: 'PRODUCER_FENCED', retry: false })
  })

  it('names the ACL to grant', () => {
    const context = { doing: 'Reading', topic: 'orders', operation: 'Read', principal: 'User:x' }
    expect(fromKafka(29, context)).toMatchObject({
      code: 'permission',
      exitCode: 2,
      hint: 'Grant Read on Topic orders to User:x.',
    })
  })

  it('leaves what is mapped already as it is, and no error where there is none', () => {
    const mapped = fromKafka(6, { doing: 'x' })
    expect(fromKafka(mapped, { doing: 'y' })).toBe(mapped)
    expect(() => check(0, { doing: 'x' })).not.toThrow()
  })

  it('counts a lost connection as worth another try', () => {
    const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    expect(fromKafka(lost, { doing: 'x' })).toMatchObject({ code: 'unreachable', retry: true })
  })
})

describe('errorCode', () => {
  it.each([
    [6, 'NOT_LEADER_OR_FOLLOWER', true],
    [16, 'NOT_COORDINATOR', true],
    [88, 'UNSTABLE_OFFSET_COMMIT', true],
    [69, 'GROUP_ID_NOT_FOUND', false],
    [133, 'SHARE_SESSION_LIMIT_REACHED', true],
    [-1, 'UNKNOWN_SERVER_ERROR', false],
    [999, 'UNKNOWN_SERVER_ERROR_999', false],
  ])('%i is %s', (code, name, retriable) => {
    expect(errorCode(code)).toEqual({ code, name, retriable })
  })
})

describe('diagnose', () => {
  it.each([
    ['wrong version number', 'connect', true, 'tls-mismatch'],
    ['self-signed certificate', 'connect', true, 'certificate'],
    ['connect ECONNREFUSED 1.2.3.4:9092', 'connect', true, 'unreachable'],
    ['The connection to x was closed', 'versions', false, 'tls-mismatch'],
    ['SASL PLAIN authentication failed: Invalid username or password', 'authenticate', false, 'credentials'],
    ['SASL PLAIN authentication failed: Closed connection', 'authenticate', false, 'unreachable'],
  ] as const)('%s', (message, at, tls, kind) => {
    expect(diagnose(new Error(message), { at, tls })).toBe(kind)
  })
})
