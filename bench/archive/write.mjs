// write.mjs SYSTEM MESSAGES FOLDER: writes and seals an archive whose data are next to nothing; prints JSON.

import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { openArchiveWriter } from '../../dist/archive/writer.js'

const [system, count, folder] = process.argv.slice(2)
const messages = Number(count)
const LANES = system === 'kafka' ? 12 : 1
const PIECE_ROWS = 500
const SYNC_EVERY = 100_000
const ids = []

/** Pieces of two numbers: what is measured is the index. */
const format = {
  system,
  ending: '.bench',
  headBytes: 16,
  folder: lane => `lane-${lane}`,
  laneOf: name => (name.startsWith('lane-') ? name.slice(5) : undefined),
  length: (bytes, at) => (bytes.length - at < 16 ? undefined : 16),
  first: piece => String(piece.readBigUInt64LE(0)),
  next: piece => String(piece.readBigUInt64LE(8)),
  check: () => undefined,
}

const idOf = (lane, mark) => (system === 'kafka' ? `orders/${lane}/${mark}` : randomUUID())

function row(lane, mark, n) {
  const id = idOf(lane, mark)
  if (n === Math.floor(messages / 2)) ids.push(id)
  return {
    id,
    key: Buffer.from(`customer-${(n * 7919) % 1_000_003}`),
    timestamp: 1_760_000_000_000 + n * 7,
    mark: String(mark),
    size: 300 + (n % 211),
    digest: Math.imul(n, 2654435761),
  }
}

function piece(lane, first, n) {
  const rows = Array.from({ length: PIECE_ROWS }, (_, i) => row(lane, first + i, n + i))
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64LE(BigInt(first), 0)
  bytes.writeBigUInt64LE(BigInt(first + PIECE_ROWS), 8)
  return { bytes: [bytes], first: String(first), next: String(first + PIECE_ROWS), rows }
}

const megabytes = file => statSync(join(folder, file)).size / 1e6
const began = performance.now()
const archive = await openArchiveWriter({ folder, format, floorBytes: 0n })
const lanes = []
for (let lane = 0; lane < LANES; lane++) lanes.push(await archive.lane(String(lane), undefined))
for (let n = 0; n < messages; n += PIECE_ROWS) {
  const turn = n / PIECE_ROWS
  const lane = turn % LANES
  await lanes[lane].append(piece(lane, Math.floor(turn / LANES) * PIECE_ROWS, n))
  if (n % SYNC_EVERY === 0) await archive.sync()
}
await archive.sync()
const written = performance.now()
const csvMegabytes = megabytes('index.csv.zst')
const facts = { run: 'bench', system, source: 'bench', clusterId: 'bench', at: new Date().toISOString() }
await archive.seal({
  ...facts,
  lanes: lanes.map(({ next }, lane) => ({ lane: String(lane), from: '0', to: next, messages: BigInt(next) })),
})
console.log(
  JSON.stringify({
    seconds: (written - began) / 1000,
    sealSeconds: (performance.now() - written) / 1000,
    csvMegabytes,
    megabytes: megabytes('index.parquet'),
    peakMegabytes: process.resourceUsage().maxRSS / 1000,
    ids,
  }),
)
