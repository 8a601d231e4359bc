import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openArchiveIndex } from '../../../src/archive/index-search.js'
import { openArchiveReader } from '../../../src/archive/reader.js'
import { verifyArchive } from '../../../src/archive/verify.js'
import { openArchiveWriter } from '../../../src/archive/writer.js'
import { kafkaFormat } from '../../../src/brokers/kafka/archive/format.js'
import { HoldError } from '../../../src/errors.js'
import { range } from './queue.js'
import { batch, batches, offsetRow } from './topic.js'

const format = kafkaFormat('orders')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spillway-archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

const next = async (): Promise<string | undefined> => {
  await using reader = await openArchiveReader({ folder, format })
  let last: string | undefined
  for await (const { bytes } of reader.pieces('0')) last = format.next(bytes)
  return last
}

describe('an archive on a disk that fills up', () => {
  it('holds above the floor, and goes on with the same piece when there is room', async () => {
    let free = 10_000
    const statfs = async () => ({ bavail: free, bsize: 1 })
    await using archive = await openArchiveWriter({ folder, format, floorBytes: 9_000n, statfs })
    const lane = await archive.lane('0', undefined)
    await lane.append(batches('0', 0, 30))
    free = 9_100
    const held = lane.append(batches('0', 30, 60))
    await expect(held).rejects.toBeInstanceOf(HoldError)
    await expect(held).rejects.toMatchObject({
      until: 'clears',
      message: `archive disk: 8.9 KiB free where ${folder} lies, and 8.8 KiB are to stay free`,
    })
    await archive.sync()
    expect(await next()).toBe('30')
    free = 20_000
    await lane.append(batches('0', 30, 60))
    await archive.sync()
    expect(await next()).toBe('60')
  })

  it('does not look at the disk for every piece', async () => {
    let looks = 0
    const statfs = async () => {
      looks++
      return { bavail: 1e12, bsize: 1 }
    }
    await using archive = await openArchiveWriter({ folder, format, floorBytes: 0n, statfs })
    const lane = await archive.lane('0', undefined)
    for (let from = 0; from < 1000; from += 10) await lane.append(batches('0', from, from + 10))
    expect(looks).toBe(1)
  })
})

/** A file system of four megabytes; undefined where nobody may mount one. */
function smallDisk(at: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', at], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('an archive on a file system without room', () => {
  it.each([
    ['for data: holds, keeps what is synced, and goes on when there is room again', () => fillAndGoOn()],
    ['for the index: the sync holds, and does it all when there is room again', () => noRoomForRows()],
    ['for what waits in memory: an append holds, and is done once', () => noRoomForWhatWaits()],
  ])('%s', async (_, check) => {
    const mounted = smallDisk(folder)
    try {
      if (mounted) await check()
    } finally {
      if (mounted) execFileSync('umount', [folder])
    }
  })
})

async function noRoomForRows(): Promise<void> {
  const ballast = join(folder, 'ballast')
  await using archive = await openArchiveWriter({ folder, format, floorBytes: 0n, statfs: async () => ROOMY })
  const lane = await archive.lane('0', undefined)
  const rows = range(0, 1000).map(offset => ({ ...offsetRow('0', offset), id: randomUUID() }))
  await lane.append({ bytes: [batch(0, 1000)], first: '0', next: '1000', rows })
  await expect(writeFile(ballast, Buffer.alloc(5 * 2 ** 20))).rejects.toMatchObject({ code: 'ENOSPC' })
  await expect(archive.sync()).rejects.toMatchObject({
    message: expect.stringMatching(/^archive disk: no room/),
    until: 'clears',
  })
  await rm(ballast)
  await archive.sync()
  await using index = await openArchiveIndex({ folder })
  expect(await index.count({})).toBe(1000n)
}

const RECORDS_BYTES = 200_000

const MANY = 10_000

async function noRoomForWhatWaits(): Promise<void> {
  const ballast = join(folder, 'ballast')
  await writeFile(ballast, Buffer.alloc(3.8 * 2 ** 20))
  await using archive = await openArchiveWriter({ folder, format, floorBytes: 0n, statfs: async () => ROOMY })
  const lane = await archive.lane('0', undefined)
  let held = 0
  for (let first = 0; first < 60 * MANY; first += MANY) {
    const rows = range(first, first + MANY).map(offset => ({
      ...offsetRow('0', offset),
      key: null,
      timestamp: 0,
      digest: 1,
    }))
    const piece = { bytes: [batch(first, MANY)], first: String(first), next: String(first + MANY), rows }
    await lane.append(piece).catch(async (error: unknown) => {
      expect(error).toBeInstanceOf(HoldError)
      held++
      await rm(ballast)
      await lane.append(piece)
    })
  }
  await archive.sync()
  expect(held).toBe(1)
  await using index = await openArchiveIndex({ folder })
  expect(await index.count({})).toBe(BigInt(60 * MANY))
}

/** Batches of one record and much in it. */
const large = (offset: number) => ({
  bytes: [batch(offset, 1, RECORDS_BYTES)],
  first: String(offset),
  next: String(offset + 1),
  rows: [offsetRow('0', offset)],
})

async function fillAndGoOn(): Promise<void> {
  const ballast = join(folder, 'ballast')
  await writeFile(ballast, Buffer.alloc(2 * 2 ** 20))
  {
    await using archive = await openArchiveWriter({ folder, format, floorBytes: 0n, statfs: async () => ROOMY })
    const lane = await archive.lane('0', undefined)
    const full = await untilFull(lane)
    await archive.sync()
    expect(await next()).toBe(String(full))
    await expect(lane.append(large(full))).rejects.toMatchObject({
      message: expect.stringMatching(/^archive disk: no room/),
    })
    await rm(ballast)
    await lane.append(large(full))
    await archive.sync()
    expect(await next()).toBe(String(full + 1))
    await using index = await openArchiveIndex({ folder })
    expect(await index.count({})).toBe(BigInt(full + 1))
  }
  expect(await verifyArchive({ folder, format })).toMatchObject({ damage: [], unfinished: [] })
}

/** What the injected statfs says: the floor is not what is tested. */
const ROOMY = { bavail: 1e12, bsize: 1 }

/** Appends until there is no room; gives the offset that found none. */
async function untilFull(lane: { append(piece: ReturnType<typeof large>): Promise<void> }): Promise<number> {
  for (let offset = 0; offset < 100; offset++)
    try {
      await lane.append(large(offset))
    } catch (error) {
      expect(error).toBeInstanceOf(HoldError)
      return offset
    }
  throw new Error('the disk never was full')
}
