import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Message } from './broker.js'

// Readers that are not ours: kafkajs and amqplib decode, zstd unpacks. None of them exports what is needed by name.
const require = createRequire(import.meta.url)
const inside = (library: string, file: string): string => join(dirname(require.resolve(library)), file)

type Data = { readonly lane: string; readonly bytes: Buffer }

/** The contents of an archive's data files, file by file, without its index; none where it is not there. A lane is the end of its folder's name. */
async function dataIn(folder: string, ending: string): Promise<Data[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  return Promise.all(
    names
      .filter(name => name.endsWith(ending))
      .sort()
      .map(async name => ({ lane: dirname(name).split('-').at(-1) ?? '', bytes: await readFile(join(folder, name)) })),
  )
}

type Manifest = { readonly lanes: readonly { readonly lane: string; readonly from: string; readonly to: string }[] }

/** What of a lane has gone: a batch is kept whole, though the run ended within it. All of it while the archive is not sealed. */
async function goneOf(folder: string): Promise<(lane: string, offset: number) => boolean> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return () => true
  const lanes = new Map((JSON.parse(text) as Manifest).lanes.map(each => [each.lane, each]))
  return (lane, offset) => {
    const range = lanes.get(lane)
    return range !== undefined && Number(range.from) <= offset && offset < Number(range.to)
  }
}

type Field = { readonly value?: Buffer | string } | Buffer | string
type KafkaRecord = {
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | string>>
}

/** What an archive of a topic holds. What a crash has cut short at the end of a file is left out. */
export async function recordsIn(folder: string): Promise<Message[]> {
  const Decoder = require(inside('kafkajs', 'src/protocol/decoder.js'))
  const decodeBatch = require(inside('kafkajs', 'src/protocol/recordBatch/v0/decoder.js'))
  const found: Message[] = []
  const isGone = await goneOf(folder)
  for (const { lane, bytes } of await dataIn(folder, '.log')) {
    const decoder = new Decoder(bytes)
    while (
      decoder.offset + 12 <= bytes.length &&
      decoder.offset + 12 + bytes.readInt32BE(decoder.offset + 8) <= bytes.length
    ) {
      const { records } = (await decodeBatch(decoder)) as { records: KafkaRecord[] }
      found.push(...records.filter(({ offset }) => isGone(lane, Number(offset))).map(seenRecord))
    }
  }
  return found
}

const seenRecord = ({ key, value, headers }: KafkaRecord): Message => ({
  key: String(key ?? ''),
  body: (value ?? Buffer.alloc(0)).toString('base64'),
  headers: Object.entries(headers).map(([name, text]) => [name, String(text)]),
  redelivered: false,
})

/** What an archive of a queue holds. What a crash has cut short at the end of a file is left out. */
export async function queueMessagesIn(folder: string): Promise<Message[]> {
  const { Decoder } = require('@toondepauw/node-zstd')
  const found: Message[] = []
  for (const { bytes } of await dataIn(folder, '.amqp.zst')) {
    const plain: Buffer = new Decoder().decodeSync(bytes.subarray(0, wholeFrames(bytes)))
    for (let at = 0; at < plain.length; at += 4 + plain.readUInt32BE(at)) found.push(seenMessage(plain, at + 4))
  }
  return found
}

/** Each piece is a skippable frame that says, at byte 24 of its payload, how long the frame behind it is. */
function wholeFrames(bytes: Buffer): number {
  let at = 0
  for (;;) {
    const head = at + 8 <= bytes.length ? 8 + bytes.readUInt32LE(at + 4) : Number.NaN
    const end = at + head <= bytes.length ? at + head + bytes.readUInt32LE(at + 32) : Number.NaN
    if (!(end <= bytes.length)) return at
    at = end
  }
}

function seenMessage(bytes: Buffer, at: number): Message {
  const { decode } = require(inside('amqplib', 'lib/defs.js'))
  const keyAt = at + 1 + bytes.readUInt8(at)
  const flagsAt = keyAt + 1 + bytes.readUInt8(keyAt)
  const headerAt = flagsAt + 5
  const bodyAt = headerAt + bytes.readUInt32BE(flagsAt + 1) + 8
  // Behind class, weight and size of the body (AMQP 0-9-1, 2.3.5.2).
  const { headers = {} } = decode(60, bytes.subarray(headerAt + 12, bodyAt - 8)) as { headers?: Record<string, Field> }
  return {
    key: bytes.toString('utf8', keyAt + 1, flagsAt),
    body: bytes.toString('base64', bodyAt, bodyAt + Number(bytes.readBigUInt64BE(bodyAt - 8))),
    headers: Object.entries(headers)
      .filter(([name]) => name !== 'x-delivery-count')
      .map(([name, text]) => [name, String(text)]),
    redelivered: bytes.readUInt8(flagsAt) === 1,
  }
}
