import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openArchiveWriter } from '../../../../src/archive/writer.js'
import { kafkaFormat } from '../../../../src/brokers/kafka/archive/format.js'
import { rabbitmqFormat } from '../../../../src/brokers/rabbitmq/archive/format.js'
import { signPlan } from '../../../../src/core/digest.js'
import type { ReplayFilter, ReplayFrom } from '../../../../src/core/replay-plan.js'
import { planDiscard } from '../../../../src/discard/plan.js'
import { planReplay } from '../../../../src/replay/plan.js'
import { pieceOf } from '../../archive/queue.js'
import { batches } from '../../archive/topic.js'
import { aQueueLook, aTopicLook, keepingNothing, RUN, someOptions } from '../../discard/a-look.js'
import { temporaryFolder } from '../../journal/home.js'
import { ask, at, ended, leave, opened, settled, started } from './a-home.js'

const archiveOf = (home: string) => ({
  archive: { folder: join(home, 'runs', RUN, 'archive'), freeBytes: 100n << 30n, floorBytes: 0n },
})
const gone = [
  started('01:00:00'),
  opened('0', '500', '1500'),
  settled('01:00:05', '0', '600', { read: 100n, dropped: 100n }),
  ended('01:00:06'),
]

/** A discard of partition 0 of orders, [500, 600), of which offsets 500 to 509 have no message. */
async function aDiscard(home: string): Promise<void> {
  const { archive } = archiveOf(home)
  await leave(home, { plan: planDiscard(aTopicLook(), someOptions({ archive })), events: gone })
  await mkdir(archive.folder)
  await using writer = await openArchiveWriter({
    folder: archive.folder,
    format: kafkaFormat('orders'),
    floorBytes: 0n,
  })
  const lane = await writer.lane('0', undefined)
  await lane.append(batches('0', 500, 600, 510))
  await writer.sync()
}

/** A replay of what another run kept, its lane settled up to a mark. */
const aReplay = (
  given: { readonly run: string; readonly from: ReplayFrom; readonly lane: string; readonly to: string },
  filter?: ReplayFilter,
) =>
  planReplay(
    {
      source: {
        source: 'run' in given.from ? `${given.from.kind}:${given.from.run}` : given.from.address,
        from: given.from,
        system: 'kafka',
        lanes: [{ lane: given.lane, from: '0', to: given.to, messages: 100n }],
        bytes: 0n,
        warnings: [],
      },
      target: {
        system: 'kafka',
        target: 'kafka://two:9092/again',
        place: 'kafka://two:9092/again',
        clusterId: 'c2',
        warnings: [],
      },
      refusals: [],
    },
    {
      run: given.run,
      now: new Date(at('02:00:00')),
      transactions: true,
      provenance: false,
      maxReplays: 3,
      ...(filter === undefined ? {} : { filter }),
    },
  )

const toOrigin = ({ digest: _old, ...plan }: ReturnType<typeof aReplay>) => signPlan({ ...plan, target: 'origin' })

describe('spillway ledger of what was discarded', () => {
  it('finds a message in the archive, by id and by key, and when it went', async () => {
    const home = temporaryFolder()
    await aDiscard(home)
    const { document, exitCode } = await ask(home, { ids: ['orders/0/555'] })
    expect(exitCode).toBe(0)
    expect(document.events).toMatchObject([
      { at: at('01:00:05'), what: 'discarded', where: `archive:${RUN}`, certain: true },
    ])
    expect(document.events[0].detail).toContain('archived: 10 bytes, CRC-32C 0000022b')
    const byKey = await ask(home, { key: 'k555' })
    expect(byKey.document).toMatchObject([{ id: 'orders/0/555', found: true }])
  })

  it('says of an offset without a message that the archive has none', async () => {
    const home = temporaryFolder()
    await aDiscard(home)
    const { document, exitCode } = await ask(home, { ids: ['orders/0/505'] })
    expect(exitCode).toBe(3)
    expect(document.events).toMatchObject([{ what: 'discarded', certain: false }])
    expect(document.events[0].detail).toContain('no message of this offset')
  })

  it('tells by the range alone where nothing was kept', async () => {
    const home = temporaryFolder()
    await leave(home, { plan: planDiscard(aTopicLook(), keepingNothing()), events: gone })
    const { document, exitCode } = await ask(home, { ids: ['orders/0/505'] })
    expect(exitCode).toBe(0)
    expect(document.events).toMatchObject([{ what: 'discarded', where: 'nowhere', certain: true }])
    expect(document.events[0].detail).toContain('nothing was kept')
  })

  it('says which archive it could not look into, and tells by the range', async () => {
    const home = temporaryFolder()
    await leave(home, { plan: planDiscard(aTopicLook(), someOptions()), events: gone })
    const { document } = await ask(home, { ids: ['orders/0/505'] })
    expect(document).toMatchObject({ found: true, events: [{ what: 'discarded' }] })
    expect(document.notes[0]).toContain(`what run ${RUN} kept cannot be read: its archive is not at`)
  })

  it('finds a message of a queue by its id', async () => {
    const home = temporaryFolder()
    const { archive } = archiveOf(home)
    const events = [
      started('01:00:00'),
      opened('orders', '0', '10'),
      settled('01:00:05', 'orders', '5', { read: 5n, dropped: 5n }),
      ended('01:00:06'),
    ]
    await leave(home, { plan: planDiscard(aQueueLook(), someOptions({ archive, how: 'ack' })), events })
    await mkdir(archive.folder)
    await using writer = await openArchiveWriter({
      folder: archive.folder,
      format: rabbitmqFormat('orders'),
      floorBytes: 0n,
    })
    const lane = await writer.lane('orders', undefined)
    const piece = await pieceOf(0, 5)
    await lane.append(piece)
    await writer.sync()
    const { document, exitCode } = await ask(home, { ids: [piece.rows[3]?.id ?? ''] })
    expect(exitCode).toBe(0)
    expect(document.events).toMatchObject([{ at: at('01:00:05'), what: 'discarded', certain: true }])
    expect((await ask(home, { ids: ['never-seen'] })).document.events).toEqual([])
  })
})

describe('spillway ledger of what was replayed', () => {
  const events = (lane: string, mark: string) => [
    started('02:00:00'),
    opened(lane, '500', '600'),
    settled('02:00:05', lane, mark, { read: 50n }),
    ended('02:00:06'),
  ]

  it('tells when a message of an archive was sent again, and where to', async () => {
    const home = temporaryFolder()
    await aDiscard(home)
    const given = { run: '20261121-1400-bbbb', from: { kind: 'archive', run: RUN }, lane: '0', to: '600' } as const
    await leave(home, { plan: aReplay(given), events: events('0', '560') })
    const { document } = await ask(home, { ids: ['orders/0/555'] })
    expect(document.events).toMatchObject([
      { what: 'discarded' },
      { what: 'replayed', where: 'kafka://two:9092/again', at: at('02:00:05'), certain: true },
    ])
    expect((await ask(home, { ids: ['orders/0/565'] })).document.events).toHaveLength(1)
  })

  it('takes only runs of one source, and those that went on from them', async () => {
    const home = temporaryFolder()
    await aDiscard(home)
    const given = { run: '20261121-1400-bbbb', from: { kind: 'archive', run: RUN }, lane: '0', to: '600' } as const
    await leave(home, { plan: aReplay(given), events: events('0', '560') })
    const of = async (source: string) => (await ask(home, { ids: ['orders/0/555'], source })).document
    expect(await of('kafka://one:9092')).toMatchObject({ searched: 2, events: [{ run: RUN }, { run: given.run }] })
    expect(await of('kafka://one:9092/orders')).toMatchObject({ searched: 2 })
    expect(await of('kafka://one:9092/order')).toMatchObject({ searched: 0, found: false })
  })

  it('names the place that everything of an archive went back to', async () => {
    const home = temporaryFolder()
    await aDiscard(home)
    const given = { run: '20261121-1400-bbbb', from: { kind: 'archive', run: RUN }, lane: '0', to: '600' } as const
    await leave(home, { plan: toOrigin(aReplay(given)), events: events('0', '560') })
    const { document } = await ask(home, { ids: ['orders/0/555'] })
    expect(document.events[1]).toMatchObject({ what: 'replayed', where: 'kafka://two:9092/again' })
  })

  it('leaves out what the filter of the replay left out', async () => {
    const home = temporaryFolder()
    await aDiscard(home)
    const given = { run: '20261121-1400-bbbb', from: { kind: 'archive', run: RUN }, lane: '0', to: '600' } as const
    await leave(home, { plan: aReplay(given, { keys: ['k555'] }), events: events('0', '600') })
    expect((await ask(home, { ids: ['orders/0/555'] })).document.events).toHaveLength(2)
    expect((await ask(home, { ids: ['orders/0/556'] })).document.events).toHaveLength(1)
  })

  it('follows dead letters by their own position', async () => {
    const home = temporaryFolder()
    const address = 'kafka://one:9092/orders.dlq'
    const given = {
      run: '20261121-1400-bbbb',
      from: { kind: 'dead-letters', address, system: 'kafka' },
      lane: '0',
      to: '600',
    } as const
    await leave(home, { plan: aReplay(given), events: events('0', '600') })
    const { document, exitCode } = await ask(home, { ids: ['orders.dlq/0/555'] })
    expect(exitCode).toBe(0)
    expect(document.events).toMatchObject([{ what: 'replayed', verb: 'replay' }])
  })
})
