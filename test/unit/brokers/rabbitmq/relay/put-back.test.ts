import { describe, expect, it } from 'vitest'
import { edit } from '../../../../../src/brokers/rabbitmq/relay/edits.js'
import { putBack } from '../../../../../src/brokers/rabbitmq/relay/put-back.js'
import { delivery, type Encoded, entry, headerFrame, long, longLong, longText, short, table } from '../a-message.js'

const ALL = { expiration: true, userId: true, counts: true }
const KEPT = entry('n', 'd', Buffer.from('7ff8000000000001', 'hex'))
const FULL: Encoded = {
  headers: table(KEPT),
  'delivery-mode': Buffer.of(2),
  expiration: short('60000'),
  timestamp: longLong(1_700_000_000),
  'user-id': short('somebody'),
}

/** The message as a lane delivers it: its header frame in the place of the one that came. */
const inLane = (encoded: Encoded, header: Buffer | undefined) => {
  const came = delivery({ encoded })
  if (header === undefined) return came
  const method = came.bytes.subarray(0, came.header)
  return { ...came, bytes: Buffer.concat([method, header, came.bytes.subarray(came.body)]) }
}

describe('putBack', () => {
  it('makes the header frame what it was before a drain edited it', () => {
    const { header } = edit(delivery({ encoded: FULL }), ALL, 'guest')
    expect(putBack(inLane(FULL, header), { userId: true, counts: true }).header).toEqual(headerFrame(FULL, 5))
  })

  it('leaves a user-id in its header where the broker would refuse it', () => {
    const { 'user-id': user, ...rest } = FULL
    const { header } = edit(delivery({ encoded: FULL }), ALL, 'guest')
    const left = { ...rest, headers: table(KEPT, entry('x-spillway-user-id', 'S', longText('somebody'))) }
    expect(user).toBeDefined()
    expect(putBack(inLane(FULL, header), { userId: false, counts: true }).header).toEqual(headerFrame(left, 5))
  })

  it('touches nothing that no drain has set aside', () => {
    expect(putBack(delivery({ encoded: FULL }), { userId: true, counts: true })).toEqual({})
    const number = { headers: table(entry('x-spillway-expiration', 'I', long(5))) }
    expect(putBack(delivery({ encoded: number }), { userId: true, counts: true })).toEqual({})
    const both = { ...FULL, headers: table(entry('x-spillway-expiration', 'S', longText('1'))) }
    expect(putBack(delivery({ encoded: both }), { userId: true, counts: true })).toEqual({})
  })

  it('takes the counts of a quorum queue off what it delivers again', () => {
    const encoded = { headers: table(KEPT, entry('x-delivery-count', 'l', longLong(3))) }
    const { header } = putBack(delivery({ encoded, redelivered: true }), { userId: true, counts: true })
    expect(header).toEqual(headerFrame({ headers: table(KEPT) }, 5))
    expect(putBack(delivery({ encoded, redelivered: true }), { userId: true, counts: false })).toEqual({})
  })
})
