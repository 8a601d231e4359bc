import { expect, it } from 'vitest'
import type { Management } from '../../../../src/brokers/rabbitmq/management.js'
import { OwnConsumers } from '../../../../src/brokers/rabbitmq/relay/own-consumers.js'
import { watchConsumers } from '../../../../src/brokers/rabbitmq/watch-consumers.js'

const NOTHING_OPEN = Number.POSITIVE_INFINITY

/** Watches until two looks were taken; each sees `count` consumers after what `meanwhile` does with ours. */
async function heldAfter(count: number, meanwhile: (own: OwnConsumers) => void): Promise<readonly string[]> {
  const [own, done, held] = [new OwnConsumers(false), new AbortController(), [] as string[]]
  let looks = 0
  const look = async () => {
    meanwhile(own)
    if (++looks === 2) done.abort()
    return { messages: 0, consumers: count }
  }
  const hold = (reason: string) => held.push(reason) > 0
  const gate = { hold } as unknown as Parameters<typeof watchConsumers>[0]['gate']
  const management = { get: async () => ({ ok: false }) } as unknown as Management
  const mostOwn = () => own.most(NOTHING_OPEN)
  await watchConsumers(
    { look, management, vhost: '/', queue: 'orders', gate, warn: async () => undefined, mostOwn },
    done.signal,
  )
  return held
}

it('takes a consumer of ours that comes and goes within a slow look for no stranger', async () => {
  const ours = (own: OwnConsumers) => {
    own.began('a')
    own.ended('a', 50)
  }
  expect(await heldAfter(1, ours)).toEqual([])
})

it('holds for one more than ours', async () => {
  expect(await heldAfter(1, () => undefined)).toContain('another consumer seen on queue orders')
})
