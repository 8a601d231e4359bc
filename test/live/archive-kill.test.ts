import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openArchiveIndex } from '../../src/archive/index-search.js'
import { openArchiveReader } from '../../src/archive/reader.js'
import { verifyArchive } from '../../src/archive/verify.js'
import { openArchiveWriter } from '../../src/archive/writer.js'
import { kafkaFormat } from '../../src/brokers/kafka/archive/format.js'

const WRITER = fileURLToPath(new URL('./archive-writer.js', import.meta.url))
const KILLS = Number(process.env.ARCHIVE_KILLS ?? 10)
const LANES = ['0', '1', '2']
const format = kafkaFormat('orders')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-kill-'))
})
afterEach(() => rm(folder, { recursive: true }))

type Settled = Record<string, string>

/** Runs the writer until it has let go so often, and a little longer, then kills it; gives what it let go of. */
async function killed(settled: Settled, after: { lines: number; ms: number }): Promise<Settled> {
  const child = spawn(process.execPath, [WRITER, folder, JSON.stringify(settled)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const found = { ...settled }
  let lines = 0
  for await (const line of createInterface({ input: child.stdout })) {
    const [lane = '', mark = ''] = line.split(' ')
    found[lane] = mark
    if (++lines === after.lines) setTimeout(() => child.kill('SIGKILL'), after.ms)
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return found
}

/** Offset behind the last batch of each lane; its batches must have no gap. */
async function stored(): Promise<Settled> {
  await using reader = await openArchiveReader({ folder, format })
  const ends: Settled = {}
  for (const lane of reader.lanes) {
    let next = '0'
    try {
      for await (const { bytes } of reader.pieces(lane)) {
        expect(format.first(bytes)).toBe(next)
        next = format.next(bytes)
      }
    } catch (error) {
      expect(error).toMatchObject({ code: 'archive-damaged', message: expect.stringContaining('cut short') })
    }
    ends[lane] = next
  }
  return ends
}

/** Offset behind the last row of each lane; its rows must have no gap, and none may be there twice. */
async function indexed(): Promise<Settled> {
  await using index = await openArchiveIndex({ folder, system: 'kafka' })
  const ends = Object.fromEntries(LANES.map(lane => [lane, 0]))
  for (const lane of LANES)
    for await (const rows of index.rows({ lane }))
      for (const { mark } of rows) {
        if (Number(mark) !== ends[lane]) throw new Error(`lane ${lane}: a row of ${mark} where ${ends[lane]} is next`)
        ends[lane] = Number(mark) + 1
      }
  return Object.fromEntries(Object.entries(ends).map(([lane, end]) => [lane, String(end)]))
}

const behind = (a: Settled, b: Settled): readonly string[] =>
  LANES.filter(lane => Number(a[lane] ?? 0) < Number(b[lane] ?? 0))

it('has all that was let go, and no row without its message, whenever its writer is killed', async () => {
  let settled: Settled = {}
  for (let kill = 0; kill < KILLS; kill++) {
    settled = await killed(settled, { lines: 1 + Math.floor(Math.random() * 12), ms: Math.random() * 20 })
    const { damage } = await verifyArchive({ folder, format })
    expect(damage).toEqual([])
    const rows = await indexed()
    expect(behind(rows, settled), `let go without a row, kill ${kill}`).toEqual([])
    expect(behind(await stored(), rows), `rows without a message, kill ${kill}`).toEqual([])
  }
  await using archive = await openArchiveWriter({ folder, format, floorBytes: 0n })
  for (const lane of LANES) await archive.lane(lane, settled[lane])
  await archive.sync()
  expect(await indexed()).toEqual(Object.fromEntries(LANES.map(lane => [lane, settled[lane] ?? '0'])))
  expect(await stored()).toEqual(settled)
})
