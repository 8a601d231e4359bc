import { AssignerProtocol } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import {
  readAssignment,
  readSubscription,
  writeAssignment,
  writeSubscription,
} from '../../../../../src/brokers/kafka/work/subscription.js'

describe('what a member wants', () => {
  it('is read back', () => {
    const subscription = { topics: ['a', 'b'], owned: new Map([['a', [1, 2]]]) }
    expect(readSubscription(writeSubscription(subscription))).toEqual(subscription)
  })

  it('is read by kafkajs', () => {
    const metadata = writeSubscription({ topics: ['a'], owned: new Map([['a', [0]]]) })
    expect(AssignerProtocol.MemberMetadata.decode(metadata)).toMatchObject({ topics: ['a'] })
  })

  it('is read from kafkajs', () => {
    const metadata = AssignerProtocol.MemberMetadata.encode({ version: 1, topics: ['x'], userData: Buffer.from('u') })
    expect(readSubscription(metadata)).toEqual({ topics: ['x'], owned: new Map() })
  })
})

describe('what a member gets', () => {
  it('is read back, and nothing from no bytes at all', () => {
    const assignment = new Map([['a', [0, 3]]])
    expect(readAssignment(writeAssignment(assignment))).toEqual(assignment)
    expect(readAssignment(Buffer.alloc(0))).toEqual(new Map())
  })

  it('is read by kafkajs, and from it', () => {
    expect(AssignerProtocol.MemberAssignment.decode(writeAssignment(new Map([['a', [0, 3]]])))).toMatchObject({
      assignment: { a: [0, 3] },
    })
    const bytes = AssignerProtocol.MemberAssignment.encode({
      version: 0,
      assignment: { b: [2] },
      userData: Buffer.alloc(0),
    })
    expect(readAssignment(bytes)).toEqual(new Map([['b', [2]]]))
  })
})
