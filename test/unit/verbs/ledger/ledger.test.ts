import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planDrain } from '../../../../src/drain/plan.js'
import { planQueueDrain } from '../../../../src/drain/queue/plan.js'
import { planFanout } from '../../../../src/fanout/plan.js'
import { ledgerText } from '../../../../src/report/ledger-text.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'
import { aQueueSurvey, someQueueOptions } from '../../drain/queue/a-queue-survey.js'
import { aLook, aSourceLook, DRAIN, someFanoutOptions } from '../../fanout/a-look.js'
import { temporaryFolder } from '../../journal/home.js'
import { ask, at, ended, leave, opened, settled, started } from './a-home.js'

const drain = () => planDrain(aSurvey(), someOptions())
const drained = [started('01:00:00'), opened('2', '500', '1500'), settled('01:00:05', '2', '1500', { read: 1000n })]
const record = {
  key: Buffer.from('customer-7'),
  value: Buffer.from('{}'),
  headers: [],
  timestamp: 5n,
  reason: 'exit 1: no such customer',
  attempts: 4,
  origin: { target: 'orders', lane: '2', mark: '700', at: at('01:00:03') },
}

describe('spillway ledger of Kafka', () => {
  it('tells when a record was drained, by which run and where to', async () => {
    const home = temporaryFolder()
    const plan = drain()
    await leave(home, { plan, events: [...drained, ended('01:00:06')] })
    const { document, exitCode } = await ask(home, { ids: ['orders/2/700'], key: 'customer-7' })
    expect(exitCode).toBe(0)
    expect(document).toMatchObject({ id: 'orders/2/700', found: true, searched: 1, notes: [] })
    expect(document.events).toMatchObject([
      { at: at('01:00:05'), run: plan.run, verb: 'drain', what: 'drained', certain: true },
    ])
    expect(document.events[0].where).toMatch(/^kafka:\/\/one:9092\/orders\.spill\.[^/]+\/\d+$/)
    expect(document.events[0].detail).toContain('offsets 500 up to 1500, 1,000 of them')
  })

  it('exits 3 for what no run had, and says how many were searched', async () => {
    const home = temporaryFolder()
    await leave(home, { plan: drain(), events: drained })
    for (const id of ['orders/2/1500', 'orders/1/700', 'other/2/700', 'order-4711']) {
      const { document, exitCode } = await ask(home, { ids: [id] })
      expect(document).toMatchObject({ id, found: false, searched: 1, events: [] })
      expect(exitCode).toBe(3)
    }
  })

  it('answers several ids in their order, and exits 3 where one is missing', async () => {
    const home = temporaryFolder()
    await leave(home, { plan: drain(), events: drained })
    const { document, exitCode } = await ask(home, { ids: ['orders/0/1', 'orders/2/501'] })
    expect(document.map(({ found }: { found: boolean }) => found)).toEqual([false, true])
    expect(exitCode).toBe(3)
  })

  it('follows a copy into the fan-out of its lane, where the key is known', async () => {
    const home = temporaryFolder()
    await leave(home, { plan: drain(), events: [...drained, ended('01:00:06')] })
    const lanes = Array.from({ length: 30 }, (_, lane) => ({ lane: String(lane), from: '0', to: '40', messages: 40n }))
    const fanout = planFanout(aLook({ of: DRAIN, lanes }), someFanoutOptions({ run: '20261121-1300-aaaa' }))
    const worked = lanes.flatMap(({ lane }) => [
      opened(lane, '0', '40'),
      settled('02:00:00', lane, '40', { read: 40n }),
    ])
    await leave(home, { plan: fanout, events: [started('01:30:00'), ...worked, ended('02:00:01')] })
    const { document } = await ask(home, { ids: ['orders/2/700'], key: 'customer-7' })
    expect(document.events).toMatchObject([{ what: 'drained' }, { what: 'worked', run: fanout.run, certain: true }])
    expect((await ask(home, { ids: ['orders/2/700'] })).document.events).toHaveLength(1)
  })

  it('tells that a message was parked, why and after how many tries, and not that it was handled', async () => {
    const home = temporaryFolder()
    const plan = planFanout(aSourceLook(), someFanoutOptions({ run: '20261121-1300-aaaa' }))
    const events = [started('01:00:00'), opened('2', '500', '900'), settled('01:00:05', '2', '900', { read: 400n })]
    await leave(home, { plan, events, parked: [record] })
    const { document, exitCode } = await ask(home, { ids: ['orders/2/700'] })
    expect(exitCode).toBe(0)
    expect(document.events).toMatchObject([{ what: 'parked', where: `parked:${plan.run}`, at: at('01:00:03') }])
    expect(document.events[0].detail).toContain('exit 1: no such customer, after 4 tries')
    expect((await ask(home, { ids: ['orders/2/701'] })).document.events).toMatchObject([{ what: 'worked' }])
  })

  it('finds by key what was parked', async () => {
    const home = temporaryFolder()
    const plan = planFanout(aSourceLook(), someFanoutOptions({ run: '20261121-1300-aaaa' }))
    await leave(home, { plan, events: [started('01:00:00')], parked: [record] })
    const { document, exitCode } = await ask(home, { key: 'customer-7' })
    expect(document).toMatchObject([{ id: 'orders/2/700', found: true, events: [{ what: 'parked' }] }])
    expect(exitCode).toBe(0)
    expect(await ask(home, { key: 'nobody' })).toEqual({ document: [], exitCode: 3 })
  })

  it('tells that an undo gave it back', async () => {
    const home = temporaryFolder()
    await leave(home, { plan: drain(), events: [...drained, ended('01:00:06'), ended('03:00:00', 'undone')] })
    const { document } = await ask(home, { ids: ['orders/2/700'] })
    expect(document.events).toMatchObject([{ what: 'drained' }, { what: 'given-back', at: at('03:00:00') }])
  })

  it('names a run that it cannot read, and searches the others', async () => {
    const home = temporaryFolder()
    const plan = drain()
    await leave(home, { plan, events: drained })
    await leave(home, { plan: planFanout(aLook(), someFanoutOptions({ run: '20261121-1300-aaaa' })) })
    await writeFile(join(home, 'runs', '20261121-1300-aaaa', 'plan.json'), '{"kind":"fanout","version":1}')
    const { document } = await ask(home, { ids: ['orders/2/700'] })
    expect(document).toMatchObject({ found: true, searched: 1 })
    expect(document.notes[0]).toContain('run 20261121-1300-aaaa cannot be read')
  })
})

describe('spillway ledger of RabbitMQ', () => {
  const plan = () => planQueueDrain(aQueueSurvey(), someQueueOptions())
  const events = (lane: string) => [
    started('01:00:00'),
    opened(lane, '0', '50'),
    settled('01:00:05', lane, '50', { read: 50n }),
    ended('01:00:06'),
  ]

  it('says of a run of a queue that it may have had a message, and does not call that found', async () => {
    const home = temporaryFolder()
    const queue = plan()
    await leave(home, { plan: queue, events: events(queue.queue) })
    const { document, exitCode } = await ask(home, { ids: ['order-4711'] })
    expect(exitCode).toBe(3)
    expect(document).toMatchObject({ found: false, events: [{ what: 'drained', certain: false, run: queue.run }] })
    expect(document.events[0].detail).toContain('keeps no ids')
  })

  it('finds a parked message by its id', async () => {
    const home = temporaryFolder()
    const queue = plan()
    const origin = { target: queue.queue, lane: queue.queue, mark: '3.ab.1', at: at('01:00:03') }
    const parked = [{ ...record, id: 'sha256:00ff', origin }]
    await leave(home, { plan: queue, events: events(queue.queue), parked })
    const { document, exitCode } = await ask(home, { ids: ['sha256:00ff'] })
    expect(document).toMatchObject({ found: true, events: [{ what: 'parked', certain: true }] })
    expect(exitCode).toBe(0)
  })
})

describe('ledgerText', () => {
  it('fits 80 columns and says what is certain', () => {
    const event = { at: at('01:00:05'), run: 'r1', verb: 'drain', where: 'kafka://one:9092/orders.spill.r1/13' }
    const text = ledgerText({
      id: 'orders/2/700',
      found: false,
      events: [{ ...event, what: 'drained', detail: 'words '.repeat(40).trim(), certain: false }],
      searched: 2,
      notes: ['run r2 cannot be read'],
    })
    expect(text).toContain('orders/2/700: not found for certain, 2 runs searched')
    expect(text).toContain('2026-11-21 01:00:05 UTC  may have been drained')
    expect(text).toContain('note: run r2 cannot be read')
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })
})
