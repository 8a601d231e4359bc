import { connect as dial } from 'node:net'
import { connect as dialTls } from 'node:tls'

const API_VERSIONS = 18
const METADATA = 3
const CLIENT_ID = 'spillway-lab'

/** Where to ask, and how: ApiVersions is answered before SASL, Metadata only after it. */
export type Door = { readonly host?: string; readonly port: number; readonly tls: boolean }

/**
 * One real request to a broker (default host 127.0.0.1): ApiVersions v0 (protocol guide: ApiKey 18). Resolves when the answer carries
 * error code 0; rejects with what went wrong, also after `milliseconds` without an answer.
 */
export async function askApiVersions(door: Door, milliseconds = 2000): Promise<void> {
  const answer = await ask(door, request(API_VERSIONS, 0, Buffer.alloc(0)), milliseconds)
  const code = answer.readInt16BE(4)
  if (code !== 0) throw new Error(`ApiVersions answered with error code ${code}`)
}

/** How many brokers the cluster knows, by Metadata v1 without topics (ApiKey 3): an array length follows the correlation id. */
export async function askBrokerCount(door: Door, milliseconds = 2000): Promise<number> {
  const noTopics = Buffer.alloc(4)
  return (await ask(door, request(METADATA, 1, noTopics), milliseconds)).readInt32BE(4)
}

// Request header v1: api key, version, correlation id, client id.
function request(key: number, version: number, body: Buffer): Buffer {
  const head = Buffer.alloc(10)
  head.writeInt16BE(key, 0)
  head.writeInt16BE(version, 2)
  head.writeInt32BE(1, 4)
  head.writeInt16BE(CLIENT_ID.length, 8)
  const payload = Buffer.concat([head, Buffer.from(CLIENT_ID), body])
  const size = Buffer.alloc(4)
  size.writeInt32BE(payload.length)
  return Buffer.concat([size, payload])
}

function ask(door: Door, payload: Buffer, milliseconds: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const address = { host: door.host ?? '127.0.0.1', port: door.port }
    // The certificate is the lab's own; whether clients can verify it is for them to find out.
    const socket = door.tls ? dialTls({ ...address, rejectUnauthorized: false }) : dial(address)
    let received = Buffer.alloc(0)
    const end = (error: Error | undefined, answer?: Buffer) => {
      socket.destroy()
      if (answer === undefined) reject(error)
      else resolve(answer)
    }
    socket.setTimeout(milliseconds, () => end(new Error(`no answer on port ${door.port} in ${milliseconds} ms`)))
    socket.once('error', error => end(error))
    socket.once('close', () => end(new Error(`port ${door.port} closed without an answer`)))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) end(undefined, received.subarray(4))
    })
    socket.write(payload)
  })
}
