import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { passiveDeclare } from '../../src/brokers/rabbitmq/admin/passive-declare.js'
import { connect, type RabbitLink } from '../../src/brokers/rabbitmq/link.js'
import type { RabbitSettings } from '../../src/brokers/rabbitmq/settings.js'
import { KEYS, ofKey, openThem, published, someLanes, workThrough } from './fanout-rabbit-harness.js'
import { freshVhost } from './rabbit-lab.js'

const rabbit = inject('rabbitmq')
let link: RabbitLink
let settings: RabbitSettings
beforeAll(async () => {
  const vhost = await freshVhost(rabbit, `fanout-${process.pid}`)
  settings = { ...rabbit.settings, vhost }
  link = await connect(settings, 'test')
})
afterAll(() => link.close())

describe.each(['classic', 'quorum'] as const)('lanes of %s queues', type => {
  it.each(['key', 'none'] as const)('are worked to the end by one process, order %s', async order => {
    const lanes = await someLanes(link, { type })
    const worked = await workThrough(await openThem(lanes, { settings, order }))
    for (const key of KEYS) expect(ofKey(worked.bodies, key)).toEqual(published(key))
    expect(worked.finished.sort()).toEqual(['00', '01', '02'])
    expect(worked.redelivered).toBe(0)
    for (const queue of lanes.queues) expect(await passiveDeclare(link, queue)).toEqual({ messages: 0, consumers: 0 })
  })
})
