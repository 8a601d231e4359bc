import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connect, type Link } from '../../src/brokers/kafka/link.js'
import { FAILPOINTS } from '../../src/core/failpoint.js'
import { randomFrom } from '../../src/lab/fill/random.js'
import { dieAt } from '../chaos/deaths.js'
import { newestRun } from '../chaos/homes.js'
import { Backlogs } from '../chaos/kafka/backlogs.js'
import type { KafkaWorld } from '../chaos/kafka/copy.js'
import type { ModeName } from '../chaos/kafka/sources.js'
import { violations } from '../chaos/kafka/verify.js'
import { java } from './kafka-lab.js'

/** Slow enough that a lane needs several transactions, so that a failpoint is passed again and again. */
const FLAGS = ['--factor', '4', '--rate', '12k']
const RECORDS = 24_000

let link: Link
let world: KafkaWorld
const place = inject('kafka41')

beforeAll(async () => {
  link = await connect({ brokers: place.brokers })
  world = {
    place,
    link,
    random: randomFrom(1),
    backlogs: new Backlogs(place, link, RECORDS),
    bin: resolve('bin/spillway.js'),
  }
})
afterAll(() => link[Symbol.asyncDispose]())

/** Kills a run at these failpoints, one after another, and expects that nothing shows in the end. */
async function survives(mode: ModeName, deaths: readonly string[], flags: readonly string[]): Promise<void> {
  const group = `die-${mode}-${deaths.join('-').replaceAll(':', '')}`
  const backlog = await world.backlogs.for('aborts', group)
  const source = `kafka://${place.brokers.join(',')}/${backlog.topic}?group=${group}`
  const { home, ended } = await dieAt(world, { source, flags, deaths })
  expect(ended.code, ended.err).toBe(0)
  expect(await violations({ place, link, home, mode, backlog, printed: ended.out })).toEqual([])
}

const ONCE = [
  'before-run-folder',
  'after-run-folder',
  'before-topic-create',
  'after-topic-create',
  'after-claim',
] as const
const OFTEN = [
  'before-produce',
  'after-produce',
  'before-commit',
  'after-offset-commit',
  'before-end-txn',
  'after-end-txn',
  'before-journal',
  'after-journal',
] as const
/** A passing that three lanes are sure to reach, after the claim's own commit. */
const LATER: Partial<Record<string, number>> = {
  'before-produce': 3,
  'after-produce': 3,
  'before-journal': 7,
  'after-journal': 7,
}
const PARKING = ['before-park-sync', 'after-park-sync'] as const
/** Those that only a drain of RabbitMQ passes. */
const QUEUES = Object.keys(FAILPOINTS).filter(name => /lock|lanes|publish|confirm|-ack$|give-back/.test(name))
/** Those that only a discard passes; the contract suite walks them on both brokers. */
const ARCHIVING = ['before-archive-sync', 'after-archive-sync'] as const
const RESTORING = Object.keys(FAILPOINTS).filter(name => /restore|delete-topic|clear/.test(name))

describe('a drain that is killed and resumed copies each record once', () => {
  it.each(ONCE)('%s', async name => {
    await survives('key', [name], FLAGS)
  })

  it.each(OFTEN)('%s, then again deep in the resume', async name => {
    await survives('key', [name, `${name}:${LATER[name] ?? 4}`], FLAGS)
  })

  it.each(['before-produce', 'after-produce', 'before-commit', 'after-offset-commit', 'after-journal'] as const)(
    '%s, counting',
    async name => {
      await survives('counting', [name, `${name}:3`], ['--exactly-once', 'counting', ...FLAGS])
    },
  )

  it('one failpoint after another, in one run', async () => {
    await survives('key', [...ONCE, ...OFTEN], FLAGS)
  })
})

it('parks a record that cannot be carried once, killed before and after the sync', async () => {
  const group = 'die-parking'
  const backlog = await world.backlogs.for('lz4', group)
  const more = ['--codec', 'lz4', '--records', '1', '--batch-bytes', '17000000', '--partition', '0']
  const huge = await java(place, 'test/tools/Produce.java', [place.brokers.join(','), backlog.topic, 'huge', ...more])
  expect(huge.code, huge.stderr).toBe(0)
  const source = `kafka://${place.brokers.join(',')}/${backlog.topic}?group=${group}`
  const flags = ['--factor', '4', '--compress', 'none']
  const { home, ended } = await dieAt(world, { source, flags, deaths: PARKING })
  expect(ended.code, ended.err).toBe(3)
  const claims = { place, link, home, mode: 'key', backlog, printed: ended.out, parked: 1 } as const
  expect(await violations(claims)).toEqual([])
  const run = (await newestRun(home)) ?? ''
  const lines = (await readFile(join(home, 'runs', run, 'parked.ndjson'), 'utf8')).trimEnd().split('\n')
  expect(new Set(lines.map(line => JSON.stringify(JSON.parse(line).origin.mark))).size).toBe(1)
})

it('walks every failpoint that there is', () => {
  expect([...ONCE, ...OFTEN, ...PARKING, ...RESTORING, ...QUEUES, ...ARCHIVING].sort()).toEqual(
    Object.keys(FAILPOINTS).sort(),
  )
})
