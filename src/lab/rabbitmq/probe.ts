import { connect as dial, type Socket } from 'node:net'
import { connect as dialTls } from 'node:tls'

/** Where to ask, and as whom; without verifying the certificate, which is the clients' affair. */
export type RabbitDoor = {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly vhost: string
  readonly username: string
  readonly password: string
}

const METHOD = 1
const FRAME_END = 0xce
const CONNECTION = 10
/** Methods of class connection (AMQP 0-9-1, amqp-xml-doc0-9-1, class 10). */
const START = 10
const TUNE = 30
const OPEN_OK = 41
const CLOSE = 50

/**
 * One real connection to a broker: protocol header, start, login, tune, open of the vhost. Resolves when the vhost is open; rejects with what
 * went wrong, with the server's words where it said some, also after `milliseconds` without an answer.
 */
export function askConnection(door: RabbitDoor, milliseconds = 2000): Promise<void> {
  return new Promise((resolve, reject) => {
    const { host, port } = door
    const socket = door.tls ? dialTls({ host, port, rejectUnauthorized: false }) : dial({ host, port })
    const end = (error?: Error) => {
      socket.destroy()
      if (error === undefined) resolve()
      else reject(error)
    }
    socket.setTimeout(milliseconds, () => end(new Error(`no answer on port ${port} in ${milliseconds} ms`)))
    socket.once('error', end)
    socket.once('close', () => end(new Error(`port ${port} closed without an answer`)))
    readMethods(socket, answerer(door, socket, end))
    socket.write(Buffer.from('AMQP\0\0\x09\x01', 'latin1'))
  })
}

type Answer = (method: number, payload: Buffer) => void

function answerer(door: RabbitDoor, socket: Socket, end: (error?: Error) => void): Answer {
  return (method, payload) => {
    if (method === START) socket.write(startOk(door))
    else if (method === TUNE) socket.write(Buffer.concat([tuneOk(payload), open(door)]))
    else if (method === OPEN_OK) end()
    else if (method === CLOSE) end(new Error(payload.toString('utf8', 7, 7 + (payload[6] ?? 0))))
  }
}

function readMethods(socket: Socket, answer: Answer): void {
  let received = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= 7 && received.length >= 8 + received.readUInt32BE(3)) {
      const size = received.readUInt32BE(3)
      const payload = received.subarray(7, 7 + size)
      if (received[0] === METHOD && payload.readUInt16BE(0) === CONNECTION) answer(payload.readUInt16BE(2), payload)
      received = received.subarray(8 + size)
    }
  })
}

function startOk({ username, password }: RabbitDoor): Buffer {
  const noProperties = Buffer.alloc(4)
  const login = Buffer.from(`\0${username}\0${password}`)
  return frame(11, Buffer.concat([noProperties, shortString('PLAIN'), longString(login), shortString('en_US')]))
}

/** The server's own limits, sent back: channel-max, frame-max, heartbeat. */
const tuneOk = (tune: Buffer): Buffer => frame(31, tune.subarray(4))
const open = ({ vhost }: RabbitDoor): Buffer => frame(40, Buffer.concat([shortString(vhost), Buffer.alloc(2)]))

function frame(method: number, body: Buffer): Buffer {
  const head = Buffer.alloc(11)
  head[0] = METHOD
  head.writeUInt32BE(body.length + 4, 3)
  head.writeUInt16BE(CONNECTION, 7)
  head.writeUInt16BE(method, 9)
  return Buffer.concat([head, body, Buffer.of(FRAME_END)])
}

const shortString = (text: string): Buffer => Buffer.concat([Buffer.of(Buffer.byteLength(text)), Buffer.from(text)])

function longString(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}
