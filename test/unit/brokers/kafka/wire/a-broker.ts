import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { Writer } from '../../../../../src/brokers/kafka/wire/writer.js'

const [API_VERSIONS, METADATA] = [18, 3]

/**
 * A broker that answers ApiVersions v0 and Metadata v7, each `throttleMs` asks for a pause, and nothing else. `asked` resolves when a request comes that
 * it does not answer; `mute` makes it take connections without a word, `drop` makes it drop them at their first request.
 */
export async function aBroker({ throttleMs = 0 } = {}) {
  const sockets = new Set<Socket>()
  let [isMute, isDropping, tell] = [false, false, () => undefined as undefined]
  const asked = new Promise<void>(resolve => {
    tell = () => void resolve()
  })
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', frame => {
      if (isDropping) return void socket.destroy()
      const [api, id] = [frame.readInt16BE(4), frame.readInt32BE(8)]
      const body = isMute ? undefined : answerTo(api, { port: portOf(server.address()), throttleMs })
      if (body === undefined) tell()
      else socket.write(frameOf(id, body))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  const mute = () => {
    isMute = true
  }
  const drop = () => {
    isDropping = true
  }
  return { brokers: [`127.0.0.1:${portOf(server.address())}`], asked, mute, drop, close }
}

function frameOf(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(body.length + 4, 0)
  head.writeInt32BE(id, 4)
  return Buffer.concat([head, body])
}

type Said = { readonly port: number; readonly throttleMs: number }

function answerTo(api: number, { port, throttleMs }: Said): Buffer | undefined {
  if (api === API_VERSIONS)
    return new Writer()
      .i16(0)
      .array(VERSIONS, (range, w) => w.i16(range[0]).i16(0).i16(range[1]))
      .done()
  if (api !== METADATA) return undefined
  const brokers = [{ node: 1, host: '127.0.0.1', port }]
  return new Writer()
    .i32(throttleMs)
    .array(brokers, (broker, w) => w.i32(broker.node).str(broker.host).i32(broker.port).str(null))
    .str('cluster')
    .i32(1)
    .array([], () => undefined)
    .done()
}

/** Api and highest version. */
const VERSIONS = [
  [0, 8],
  [METADATA, 7],
] as const

const portOf = (address: ReturnType<ReturnType<typeof createServer>['address']>): number =>
  typeof address === 'object' && address !== null ? address.port : 0
