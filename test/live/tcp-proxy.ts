import { createConnection, createServer, type Socket } from 'node:net'

/** `up` is what the client says, `down` what the server says. */
export type Direction = 'up' | 'down'

/** One connection through a proxy. */
export type Wire = {
  /** From now on bytes are taken and thrown away; both ends stay open, as behind a firewall that forgot the connection. */
  swallow(direction?: Direction): void
  cut(): void
}

/** A way to a server that can go wrong. Listens on 127.0.0.1. */
export type TcpProxy = {
  readonly port: number
  /** Every connection so far, in the order in which they were made. */
  readonly wires: readonly Wire[]
  /** Ends all connections at once. New ones are let through. */
  cut(): void
  /** Resolves when so many more bytes have passed in one direction, and the connection that carried the last of them is cut there. */
  cutAfter(direction: Direction, bytes: number): Promise<void>
  /** Makes all connections half-open. New ones are let through. */
  swallow(): void
  /** Lets so many bytes a second through each direction of each connection. */
  slow(bytesPerSecond: number): void
  /** Ends all connections and takes no more. */
  close(): void
}

type Course = {
  /** Bytes that may still pass before the cut, and what to do then. */
  limit: { direction: Direction; left: number; reached: () => void } | undefined
  bytesPerSecond: number
}

/** Opens a proxy to a port of this machine. */
export async function proxyTo(port: number): Promise<TcpProxy> {
  const course: Course = { limit: undefined, bytesPerSecond: Number.POSITIVE_INFINITY }
  const wires: Wire[] = []
  const far = () => createConnection({ port, host: '127.0.0.1', allowHalfOpen: true })
  const server = createServer({ allowHalfOpen: true }, near => void wires.push(wire(near, far(), course)))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = () => {
    for (const each of wires) each.cut()
  }
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    wires,
    cut,
    cutAfter: (direction, bytes) =>
      new Promise(resolve => {
        course.limit = { direction, left: bytes, reached: resolve }
      }),
    swallow: () => {
      for (const each of wires) each.swallow()
    },
    slow: bytesPerSecond => {
      course.bytesPerSecond = bytesPerSecond
    },
    close: () => {
      server.close()
      cut()
    },
  }
}

function wire(near: Socket, far: Socket, course: Course): Wire {
  const swallowed = { up: false, down: false }
  const cut = () => {
    near.destroy()
    far.destroy()
  }
  // A half-open connection does not tell one end that the other is gone.
  const ended = () => {
    if (!swallowed.up && !swallowed.down) cut()
  }
  const way = (direction: Direction) => ({ direction, course, cut, isSwallowed: () => swallowed[direction] })
  for (const socket of [near, far]) {
    socket.setNoDelay(true)
    // A connection that ends is what the test asks for.
    socket.on('error', ended).on('close', ended)
  }
  carry(near, far, way('up'))
  carry(far, near, way('down'))
  return {
    cut,
    swallow: direction => {
      if (direction !== 'down') swallowed.up = true
      if (direction !== 'up') swallowed.down = true
    },
  }
}

type Way = {
  readonly direction: Direction
  readonly course: Course
  readonly cut: () => void
  readonly isSwallowed: () => boolean
}

function carry(from: Socket, to: Socket, { direction, course, cut, isSwallowed }: Way): void {
  from.on('end', () => {
    if (!isSwallowed()) to.end()
  })
  from.on('data', (chunk: Buffer) => {
    if (isSwallowed()) return
    const { limit } = course
    if (limit?.direction === direction) {
      if (chunk.length >= limit.left) {
        course.limit = undefined
        to.write(chunk.subarray(0, limit.left), cut)
        limit.reached()
        return
      }
      limit.left -= chunk.length
    }
    const hasRoom = to.write(chunk)
    const pause = (chunk.length / course.bytesPerSecond) * 1000
    if (hasRoom && pause < 1) return
    from.pause()
    const resume = () => void setTimeout(() => from.resume(), pause)
    if (hasRoom) resume()
    else to.once('drain', resume)
  })
}
