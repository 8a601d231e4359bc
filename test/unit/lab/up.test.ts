import { expect, it } from 'vitest'
import { checkOptions } from '../../../src/lab/kafka/lay-out.js'
import { firstDifference } from '../../../src/lab/up.js'
import { aState } from './kafka/a-state.js'

const asked = { services: ['kafka'], name: 'night', brokers: 1, version: '4.1', tls: false, acl: false } as const

it('finds a running lab to be what is asked for, or names the difference', () => {
  expect(firstDifference(aState(), asked)).toBeUndefined()
  expect(firstDifference(aState(), { ...asked, brokers: 3 })).toBe('number of brokers')
  expect(firstDifference(aState(), { ...asked, version: '3.9' })).toBe('version')
  expect(firstDifference(aState({ sasl: 'plain' }), asked)).toBe('SASL mechanism')
  expect(firstDifference(aState(), { ...asked, tls: true })).toBe('TLS setting')
})

it('refuses ACLs without a login, and a name that is no folder name', () => {
  expect(() => checkOptions({ name: 'a', acl: true })).toThrow('--acl needs --sasl')
  expect(() => checkOptions({ name: '../a' })).toThrow('cannot be named')
})
