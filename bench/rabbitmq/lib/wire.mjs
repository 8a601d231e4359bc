import { once } from 'node:events'
import { connect } from 'node:net'

/** Class and method (AMQP 0-9-1) as one number. */
const METHOD = {
  start: 0x000a000a,
  startOk: 0x000a000b,
  tune: 0x000a001e,
  tuneOk: 0x000a001f,
  open: 0x000a0028,
  openOk: 0x000a0029,
  close: 0x000a0032,
  closeOk: 0x000a0033,
  channelOpen: 0x0014000a,
  channelOpenOk: 0x0014000b,
  channelClose: 0x00140028,
  qos: 0x003c000a,
  qosOk: 0x003c000b,
  consume: 0x003c0014,
  consumeOk: 0x003c0015,
  deliver: 0x003c003c,
  ack: 0x003c0050,
  nack: 0x003c0078,
  confirmSelect: 0x0055000a,
  confirmSelectOk: 0x0055000b,
}
const TWO_32 = 2 ** 32

/** Pieces of a method's arguments. */
export const u8 = value => Buffer.of(value)
export const u16 = value => Buffer.of(value >> 8, value & 255)
export const u32 = value => Buffer.of(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255)
export const u64 = value => Buffer.concat([u32(Math.floor(value / TWO_32)), u32(value % TWO_32)])
export const short = text => Buffer.concat([u8(Buffer.byteLength(text)), Buffer.from(text)])
export const long = bytes => Buffer.concat([u32(bytes.length), bytes])

/** One frame: type, channel, payload. */
export const frame = (type, channel, payload) =>
  Buffer.concat([u8(type), u16(channel), u32(payload.length), payload, u8(0xce)])

/**
 * One connection with one channel, frames by hand: what the node gives when the client costs next to nothing.
 * @param {{ host: string, port: number }} place
 * @param {{ delivered?: (tag: number) => void, confirmed?: (tag: number, multiple: boolean) => void }} listener
 */
export async function openWire({ host, port }, listener) {
  const socket = connect({ host, port, noDelay: true })
  await once(socket, 'connect')
  const calls = answersOn(socket, listener)
  const send = (method, channel, ...pieces) => socket.write(frame(1, channel, Buffer.concat([u32(method), ...pieces])))
  const call = (answer, ...what) => {
    if (what.length > 0) send(...what)
    return calls.answer(answer)
  }
  socket.write(Buffer.from('AMQP\0\0\x09\x01', 'latin1'))
  await call(METHOD.start)
  const login = [long(Buffer.alloc(0)), short('PLAIN'), long(Buffer.from('\0guest\0guest')), short('en_US')]
  const tune = await call(METHOD.tune, METHOD.startOk, 0, ...login)
  send(METHOD.tuneOk, 0, tune.subarray(0, 6), u16(0))
  await call(METHOD.openOk, METHOD.open, 0, short('/'), short(''), u8(0))
  await call(METHOD.channelOpenOk, METHOD.channelOpen, 1, short(''))
  return {
    write: bytes => socket.write(bytes),
    drained: () => once(socket, 'drain'),
    failed: calls.failed,
    confirms: () => call(METHOD.confirmSelectOk, METHOD.confirmSelect, 1, u8(0)),
    /** Also a synchronous call: acks before it have been taken when it answers. */
    prefetch: messages => call(METHOD.qosOk, METHOD.qos, 1, u32(0), u16(messages), u8(0)),
    consume: queue =>
      call(METHOD.consumeOk, METHOD.consume, 1, u16(0), short(queue), short('bench'), u8(0), long(Buffer.alloc(0))),
    ackUpTo: tag => send(METHOD.ack, 1, u64(tag), u8(1)),
    async close() {
      await call(METHOD.closeOk, METHOD.close, 0, u16(200), short(''), u16(0), u16(0))
      socket.end()
    },
  }
}

/** Reads frames off the socket: deliveries and confirms go to the listener, answers to whoever waits. */
function answersOn(socket, { delivered, confirmed }) {
  let rest = Buffer.alloc(0)
  let waiting
  const gone = resolvers()
  gone.promise.catch(() => undefined)
  const take = (bytes, at, end) => {
    const method = bytes.readUInt32BE(at + 7)
    const tagAt = method === METHOD.deliver ? at + 12 + bytes[at + 11] : at + 11
    const tag = () => bytes.readUInt32BE(tagAt) * TWO_32 + bytes.readUInt32BE(tagAt + 4)
    if (method === METHOD.deliver) delivered(tag())
    else if (method === METHOD.ack) confirmed(tag(), (bytes[tagAt + 8] & 1) === 1)
    else if ([METHOD.nack, METHOD.close, METHOD.channelClose].includes(method))
      gone.reject(new Error(`the node said ${method.toString(16)}: ${bytes.toString('latin1', at + 11, end - 1)}`))
    else if (method === waiting?.method) waiting.resolve(Buffer.from(bytes.subarray(at + 11, end - 1)))
  }
  socket.on('data', chunk => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (bytes.length - at >= 8) {
      const end = at + 8 + bytes.readUInt32BE(at + 3)
      if (end > bytes.length) break
      if (bytes[at] === 1) take(bytes, at, end)
      at = end
    }
    rest = bytes.subarray(at)
  })
  socket.on('error', gone.reject)
  socket.on('close', () => gone.reject(new Error('the node closed the connection')))
  const answer = method =>
    Promise.race([
      gone.promise,
      new Promise(resolve => {
        waiting = { method, resolve }
      }),
    ])
  return { answer, failed: gone.promise }
}

function resolvers() {
  let reject
  const promise = new Promise((_, no) => {
    reject = no
  })
  return { promise, reject }
}
