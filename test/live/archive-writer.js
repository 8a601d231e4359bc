// archive-writer.js FOLDER SETTLED: appends to three lanes of an archive until it is killed, and says after each sync what it lets go of.
import { crc32c } from '@node-rs/crc32'
import { openArchiveWriter } from '../../dist/archive/writer.js'
import { kafkaFormat } from '../../dist/brokers/kafka/archive/format.js'

const [folder, text] = process.argv.slice(2)
const RECORDS = 20
/** Small files: they are to be ended and begun often. */
const SPLIT_BYTES = 50_000

function batch(base) {
  const made = Buffer.alloc(1000, base % 251)
  made.writeBigInt64BE(BigInt(base), 0)
  made.writeInt32BE(made.length - 12, 8)
  made.writeInt32BE(2 << 24, 16)
  made.writeInt32BE(RECORDS - 1, 23)
  made.writeInt32BE(RECORDS, 57)
  made.writeUInt32BE(crc32c(made.subarray(21)), 17)
  return made
}

function piece(lane, first) {
  const rows = Array.from({ length: RECORDS }, (_, i) => {
    const mark = String(first + i)
    return { id: `orders/${lane}/${mark}`, key: null, timestamp: first + i, mark, size: 10, digest: 1 }
  })
  return { bytes: [batch(first)], first: String(first), next: String(first + RECORDS), rows }
}

const settled = JSON.parse(text)
const archive = await openArchiveWriter({
  folder,
  format: kafkaFormat('orders'),
  floorBytes: 0n,
  splitBytes: SPLIT_BYTES,
})

async function work(lane) {
  const file = await archive.lane(lane, settled[lane])
  for (let at = Number(settled[lane] ?? 0), turn = 1; ; turn++) {
    await file.append(piece(lane, at))
    at += RECORDS
    if (turn % (5 + Number(lane)) !== 0) continue
    await archive.sync()
    process.stdout.write(`${lane} ${at}\n`)
  }
}

await Promise.all(['0', '1', '2'].map(work))
