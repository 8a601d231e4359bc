import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/event.js'
import { abortDeadRun } from '../../../src/journal/abort.js'
import type { ParkedRecord } from '../../../src/journal/parked.js'
import type { RunFolder } from '../../../src/journal/run-folder.js'
import { createRun, openRun } from '../../../src/journal/runs.js'
import { all, temporaryFolder, warned } from './home.js'

const at = '2026-11-21T01:00:00.000Z'
const EVENTS: readonly RunEvent[] = [
  { type: 'started', at, host: 'h', pid: 1, resumed: false },
  { type: 'opened', at, lane: '0', from: '0', to: '9007199254740999' },
  {
    ...{ type: 'settled', at, lane: '0', mark: '9007199254740999' },
    counts: {
      ...{ read: 9_007_199_254_740_993n, written: 2n, parked: 3n, dropped: 4n },
      ...{ holes: 5n, markers: 6n, aborted: 7n, bytes: 8n },
    },
  },
  { type: 'finished', at, lane: '0', mark: '9' },
  { type: 'held', at, reason: 'disk', until: 'clears' },
  { type: 'released', at, reason: 'disk', by: 'cleared' },
  { type: 'doubted', at, lane: '0', from: '1', to: '2', why: 'w', messages: 1n },
  { type: 'lost', at, lane: '0', from: '1', to: '2', why: 'line one\nline two' },
  { type: 'warned', at, message: 'ü' },
  { type: 'steered', at, what: 'rate=5', by: 'ann' },
  { type: 'ended', at, ending: { kind: 'complete' } },
]

async function runWith(events: readonly RunEvent[]): Promise<{ home: string; run: RunFolder; journal: string }> {
  const home = temporaryFolder()
  const run = await createRun(home, { run: 'r1' })
  for (const event of events) await run.append(event)
  return { home, run, journal: join(run.path, 'journal.ndjson') }
}

describe('the journal', () => {
  it('gives every kind of event back as it was', async () => {
    const { home, run } = await runWith(EVENTS)
    await run.close()
    expect(await all((await openRun(home, 'r1')).events())).toEqual(EVENTS)
  })

  it('keeps the order of appends that nobody waited for', async () => {
    const { run, journal } = await runWith([])
    const done: number[] = []
    const appends = Array.from({ length: 500 }, (_, number) =>
      run.append(warned(number)).then(() => {
        done.push(number)
      }),
    )
    await Promise.all(appends)
    expect(done).toEqual(Array.from({ length: 500 }, (_, number) => number))
    expect((await readFile(journal, 'utf8')).trim().split('\n')).toHaveLength(500)
    expect(await all(run.events())).toEqual(done.map(warned))
    await run.close()
  })

  it('syncs what is queued before it closes', async () => {
    const { home, run } = await runWith([])
    const late = run.append(warned(1))
    await run.close()
    await late
    expect(await all((await openRun(home, 'r1')).events())).toEqual([warned(1)])
  })

  it('leaves out a last line that a kill cut short, and cuts it off when the run is claimed again', async () => {
    const { home, run, journal } = await runWith(EVENTS)
    await run.close()
    const whole = await readFile(journal, 'utf8')
    await truncate(journal, Buffer.byteLength(whole) - 7)
    const again = await openRun(home, 'r1')
    expect(await all(again.events())).toEqual(EVENTS.slice(0, -1))
    await again.claim()
    await again.append(warned(2))
    expect(await all(again.events())).toEqual([...EVENTS.slice(0, -1), warned(2)])
    await again.close()
  })

  it('can be cut at any byte and still be read and carried on', async () => {
    const { home, run, journal } = await runWith(EVENTS)
    await run.close()
    const whole = await readFile(journal)
    for (let length = 0; length <= whole.length; length += 37) {
      await writeFile(journal, whole.subarray(0, length))
      const again = await openRun(home, 'r1')
      await again.claim()
      await again.append(warned(length))
      const events = await all(again.events())
      expect(events).toEqual([...EVENTS.slice(0, events.length - 1), warned(length)])
      await again.close()
    }
  })

  it.each([
    ['no JSON', '{"type":"warned","at"'],
    ['an unknown type', '{"type":"danced","at":"x"}'],
    ['a count that is none', '{"type":"doubted","at":"x","lane":"0","from":"0","to":"1","why":"w","messages":"many"}'],
    ['a missing field', '{"type":"warned","at":"x"}'],
  ])('names the line that is damaged: %s', async (_name, damaged) => {
    const { home, run, journal } = await runWith([warned(1), warned(2)])
    await run.close()
    await appendFile(journal, `${damaged}\n${JSON.stringify(warned(3))}\n`)
    const again = await openRun(home, 'r1')
    await expect(all(again.events())).rejects.toMatchObject({ code: 'journal-corrupt', details: [{ at: 'line 3' }] })
    await expect(again.claim()).rejects.toThrow('is damaged in line 3')
    expect(await again.alive()).toBe(false)
  })

  it('is not written by who has not claimed the run', async () => {
    const { home, run } = await runWith([])
    await run.close()
    await expect((await openRun(home, 'r1')).append(warned(1))).rejects.toMatchObject({ code: 'bug' })
    await expect(run.append(warned(1))).rejects.toMatchObject({ code: 'bug' })
  })

  it('can be read while it is written', async () => {
    const { home, run } = await runWith([warned(1)])
    const reader = await openRun(home, 'r1')
    await run.append(warned(2))
    expect(await all(reader.events())).toEqual([warned(1), warned(2)])
    await expect(reader.claim()).rejects.toMatchObject({ code: 'taken', exitCode: 4 })
    await run.close()
  })
})

describe('parked messages', () => {
  const record = (mark: string): ParkedRecord => ({
    ...{ key: Uint8Array.of(0, 255), value: null, timestamp: -1n, reason: 'too large\n', attempts: 0 },
    headers: [
      ['a', Uint8Array.of(1)],
      ['a', null],
      [Uint8Array.of(0xc3, 0x28), new Uint8Array()],
    ],
    origin: { target: 't', lane: '0', mark, at },
  })

  it('keep their bytes, headers in order, timestamp, reason and origin', async () => {
    const { run } = await runWith([])
    await run.park(record('1'))
    const [parked] = await all(run.parked())
    expect(parked).toMatchObject({ value: null, timestamp: -1n, reason: 'too large\n', origin: { mark: '1', at } })
    expect([...(parked?.key ?? [])]).toEqual([0, 255])
    const headers = parked?.headers.map(([name, value]) => [
      typeof name === 'string' ? name : [...name],
      value === null ? null : [...value],
    ])
    expect(headers).toEqual([
      ['a', [1]],
      ['a', null],
      [[0xc3, 0x28], []],
    ])
    await run.close()
  })

  it('count once, although a resumed run parks them again', async () => {
    const { home, run } = await runWith([])
    expect(await run.parkedCount()).toBe(0)
    await Promise.all(['1', '2', '3'].map(mark => run.park(record(mark))))
    await run.close()
    await appendFile(join(run.path, 'parked.ndjson'), '{"origin":{"tar')
    const again = await openRun(home, 'r1')
    await again.claim()
    for (const mark of ['3', '4']) await again.park(record(mark))
    expect(await again.parkedCount()).toBe(4)
    await again.close()
  })
})

describe('abortDeadRun', () => {
  it('ends a killed run for good, at the time of its last event', async () => {
    const { home, run } = await runWith(EVENTS.slice(0, 3))
    await run.close()
    await abortDeadRun(await openRun(home, 'r1'), 'ann', { now: new Date('2027-01-01T00:00:00Z') })
    expect((await all(run.events())).slice(3)).toEqual([
      { type: 'steered', at: '2027-01-01T00:00:00.000Z', what: 'abort', by: 'ann' },
      { type: 'ended', at, ending: { kind: 'stopped', by: 'aborted' } },
    ])
  })

  it('refuses a live run and a complete one', async () => {
    const { home, run } = await runWith(EVENTS)
    await expect(abortDeadRun(await openRun(home, 'r1'), 'ann')).rejects.toMatchObject({ code: 'taken' })
    await run.close()
    await expect(abortDeadRun(await openRun(home, 'r1'), 'ann')).rejects.toMatchObject({ code: 'ended', exitCode: 4 })
    expect(await all(run.events())).toEqual(EVENTS)
  })
})
