import { connect } from 'node:net'
import socketFactory from 'kafkajs/src/network/socketFactory.js'

/** Where a socket writes what it reads, and how it says so. */
export type ReadsInPlace = {
  room(): Buffer
  /** `bytes` were written to `room()`. */
  wrote(bytes: number): void
  /** Bytes that came into a buffer of somebody else's. */
  take(chunk: Buffer): void
}

/** The reader of a socket that was dialled before its reader was there. */
export type Reads = { to: ReadsInPlace | undefined }

const KEEP_ALIVE_MS = 60_000
const NOBODY_YET = 4096

type Dial = { host: string; port: number; ssl: object | null; onConnect: () => void }

/**
 * A socket factory for kafkajs whose plain sockets read straight into the reader's buffer (`onread` of node:net): no chunk is
 * allocated and none is copied. TLS sockets are kafkajs' own.
 */
export function readingInPlace(reads: Reads) {
  const ordinary = socketFactory()
  return (dial: Dial) => {
    if (dial.ssl) return ordinary(dial)
    const early = Buffer.allocUnsafeSlow(NOBODY_YET)
    const onread = {
      buffer: () => reads.to?.room() ?? early,
      callback: (bytes: number, into: Uint8Array) => {
        // The first read still goes into the buffer that was named before the reader was there.
        if (into.buffer === early.buffer) reads.to?.take(Buffer.from(into.subarray(0, bytes)))
        else reads.to?.wrote(bytes)
        return true
      },
    }
    const socket = connect({ host: dial.host, port: dial.port, onread }, dial.onConnect)
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    return socket
  }
}
