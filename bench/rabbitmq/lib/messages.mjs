import { frame, long, short, u8, u16, u32, u64 } from './wire.mjs'

const KEYS = 100_000
const POOL = 64 << 10
const PUBLISH = 0x003c0028
const MANDATORY = 1
/** Property flags of class basic: content-type, headers, delivery-mode, message-id, timestamp. */
const FLAGS = 0x8000 | 0x2000 | 0x1000 | 0x0080 | 0x0040
/** The same for every fill, so that two fills of a set have the same digest. Seconds since the epoch. */
const TIMESTAMP = 1_760_000_000

/** Spreads numbers evenly (the finalizer of splitmix32). */
const spread = number => {
  let z = Math.imul(number ^ (number >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}

const digits = (number, width) => String(number).padStart(width, '0')
const keyOf = number => `key-${digits(spread(number) % KEYS, 6)}`

/** Text that compresses about as JSON does. */
const pool = Buffer.alloc(POOL + 1024)
for (let at = 0, n = 0; at < pool.length; n++) at += pool.write(`{"id":${spread(n)},"state":"open","n":${n % 97}},`, at)

/**
 * Writes numbered messages as frames: method, header, body. Persistent, mandatory, the key as routing key and as header `key`.
 * @param {string} exchange
 * @param {number} size bytes of a body, from 12 on
 */
export function messageWriter(exchange, size) {
  const [key, id] = [keyOf(0), digits(0, 12)]
  const method = frame(1, 1, Buffer.concat([u32(PUBLISH), u16(0), short(exchange), short(key), u8(MANDATORY)]))
  const headers = long(Buffer.concat([short('key'), Buffer.from('S'), long(Buffer.from(key))]))
  const properties = [short('application/octet-stream'), headers, u8(2), short(id), u64(TIMESTAMP)]
  const header = frame(2, 1, Buffer.concat([u16(60), u16(0), u64(size), u16(FLAGS), ...properties]))
  const template = Buffer.concat([method, header, frame(3, 1, Buffer.alloc(size))])
  const idAt = method.length + header.indexOf(id)
  const at = [method.length - 2 - key.length, method.length + header.indexOf(key)]
  const bodyAt = method.length + header.length + 7
  return {
    length: template.length,
    /** Writes message `number` at `from`. */
    write(target, from, number) {
      template.copy(target, from)
      const name = keyOf(number)
      for (const each of at) target.latin1Write(name, from + each, name.length)
      target.latin1Write(digits(number, 12), from + idAt, 12)
      const start = spread(~number) % POOL
      pool.copy(target, from + bodyAt, start, start + size)
      target.latin1Write(digits(number, 12), from + bodyAt, 12)
    },
  }
}
