import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import type { InnerConnection } from '../../../../../src/brokers/rabbitmq/wire/inner-connection.js'
import { type Taker, tap } from '../../../../../src/brokers/rabbitmq/wire/tap.js'

/** As amqplib asks at each heartbeat whether something came since the last. */
function hasCome(inner: InnerConnection): boolean {
  const came = inner.recvSinceLastCheck
  inner.recvSinceLastCheck = false
  return came
}

it('takes the silence of a broker for no loss while it stops reading on purpose', () => {
  const inner = { stream: new PassThrough(), rest: Buffer.alloc(0), recvSinceLastCheck: false, recvFrame: () => false }
  const connection = inner as unknown as InnerConnection
  const taker = { full: false, hungry: false, take: () => 0 }
  tap(connection, taker as Taker)
  expect(hasCome(connection)).toBe(false)
  taker.full = true
  expect([hasCome(connection), hasCome(connection)]).toEqual([true, true])
  taker.full = false
  expect(hasCome(connection)).toBe(false)
  inner.stream.write('x')
  connection.recvFrame()
  expect([hasCome(connection), hasCome(connection)]).toEqual([true, false])
})
