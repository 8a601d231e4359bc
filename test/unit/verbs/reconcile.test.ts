import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { rabbitmqFormat } from '../../../src/brokers/rabbitmq/archive/format.js'
import { planDiscard } from '../../../src/discard/plan.js'
import { facts, pieceOf } from '../archive/queue.js'
import { spillway } from '../commands/fake-process.js'
import { aQueueLook, RUN, someOptions } from '../discard/a-look.js'
import { temporaryFolder } from '../journal/home.js'
import { ended, leave, opened, settled, started } from './ledger/a-home.js'

let home: string
let expected: string
let seen: string
beforeEach(async () => {
  home = await temporaryFolder()
  expected = `file:${join(home, 'orders.csv')}`
  seen = `file:${join(home, 'done.txt')}`
  writeFileSync(join(home, 'orders.csv'), 'id,at\na,2026-01-31T08:10\nb,2026-01-31T08:20\nc,2026-01-31T09:00\n')
  writeFileSync(join(home, 'done.txt'), 'a\na\nx\n')
})

const run = (...args: string[]) => spillway(['reconcile', ...args], { SPILLWAY_HOME: home })

describe('reconcile', () => {
  it('exits with 3 and names what is missing', async () => {
    const { code, out } = await run('--expected', expected, '--key', 'id', '--seen', seen, '--output', 'json')
    const found = JSON.parse(out)
    expect(code).toBe(3)
    expect(found).toMatchObject({ expected: 3, seen: 3, missing: 2, extra: 1, duplicates: 1, missingIds: ['b', 'c'] })
    expect(readFileSync(found.missingFile, 'utf8')).toBe('b\nc\n')
  })

  it('exits with 0 where nothing is missing, with the range of time half-open', async () => {
    const range = ['--from', '2026-01-31T09:00', '--to-time', '2026-01-31T09:20', '--tz', 'Europe/Berlin']
    const args = ['--expected', expected, '--key', 'id', '--time', 'at', ...range]
    writeFileSync(join(home, 'done.txt'), 'c\n')
    const { code, out } = await run(...args, '--seen', seen)
    expect(out).toContain('Nothing is missing.')
    expect(out).toMatch(/^expected +1 in file:/m)
    expect(code).toBe(0)
  })

  it('tells the hours and the first ids, in 80 columns but for paths', async () => {
    const save = join(home, 'list.txt')
    const { out } = await run('--expected', expected, '--key', 'id', '--time', 'at', '--seen', seen, '--save', save)
    expect(out).toMatch(/^2 of 3 never got through\.$/m)
    expect(out).toMatch(/^2026-01-31 08:00:00 UTC +2 +1 +1$/m)
    expect(out).toMatch(/^missing: b c$/m)
    expect(readFileSync(save, 'utf8')).toBe('b\nc\n')
    expect(readdirSync(join(home, 'reconcile'))).toEqual(['lists'])
  })

  it('takes several that were seen, by a column of their own', async () => {
    writeFileSync(join(home, 'more.ndjson'), '{"order":{"id":"b"}}\n{"order":{"id":"c"}}\n')
    const more = `file:${join(home, 'more.ndjson')}?id=/order/id`
    const { code } = await run('--expected', expected, '--key', 'id', '--seen', seen, '--seen', more)
    expect(code).toBe(0)
  })

  it('compares with the keys of an archive', async () => {
    const folder = join(home, 'runs', RUN, 'archive')
    const archive = { folder, freeBytes: 100n << 30n, floorBytes: 0n }
    const events = [started('01:00:00'), opened('orders', '0', '10')]
    const done = [settled('01:00:05', 'orders', '10', { read: 10n, dropped: 10n }), ended('01:00:06')]
    await leave(home, { plan: planDiscard(aQueueLook(), someOptions({ archive })), events: [...events, ...done] })
    {
      await using writer = await openArchiveWriter({ folder, format: rabbitmqFormat('orders'), floorBytes: 0n })
      const lane = await writer.lane('orders', undefined)
      await lane.append(await pieceOf(0, 10))
      await writer.sync()
      await writer.seal(facts(10n))
    }
    const { code, out } = await run('--expected', `archive:${RUN}`, '--seen', seen, '--output', 'json')
    expect(code).toBe(3)
    expect(JSON.parse(out)).toMatchObject({ extra: 2 })
  })

  it('tells rows that a range left out because they have no time', async () => {
    writeFileSync(join(home, 'orders.ndjson'), '{"id":"a","at":"2026-01-31T08:10Z"}\n{"id":"b"}\n')
    const args = ['--key', 'id', '--time', 'at', '--from', '2026-01-31', '--seen', seen]
    const { code, out } = await run('--expected', `file:${join(home, 'orders.ndjson')}`, ...args)
    expect(code).toBe(3)
    expect(out).toContain('note: 1 expected rows have no time')
  })

  it('takes away what a killed process has left, and nothing else', async () => {
    const parent = join(home, 'work')
    const [dead, alive] = [`.reconcile-${hostname()}-4194999-x`, `.reconcile-${hostname()}-${process.pid}-y`]
    for (const name of [dead, alive, '.reconcile-elsewhere-4194999-z'])
      mkdirSync(join(parent, name), { recursive: true })
    await run('--expected', expected, '--key', 'id', '--seen', seen, '--temp', parent)
    expect(readdirSync(parent).sort()).toEqual([alive, '.reconcile-elsewhere-4194999-z'].sort())
  })

  it('says no before anything is read', async () => {
    for (const [args, words] of [
      [['--expected', expected, '--seen', seen], 'file:'],
      [['--expected', expected, '--key', 'id', '--seen', 'file:nowhere.csv'], 'There is no file'],
      [['--expected', expected, '--key', 'id', '--seen', 'mysql://db/shop'], 'needs its table'],
      [['--expected', 'mysql://db/shop', '--key', 'id', '--seen', seen], '--table'],
      [['--expected', expected, '--key', 'id', '--table', 'orders', '--seen', seen], 'rows of a database'],
      [['--expected', expected, '--from', '2026-01-31', '--seen', seen], '--time'],
      [['--expected', expected, '--key', 'id'], '--seen is missing'],
      [['--expected', expected, '--seen', seen, 'orders'], 'one too many'],
    ] as const) {
      const { code, err } = await run(...args)
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(words) })
    }
  })
})
