import { createConnection, createServer, type Socket } from 'node:net'

export type TcpProxy = {
  readonly port: number
  /** Ends all connections that go through it; new ones are taken. */
  readonly cut: () => void
  readonly close: () => void
}

/** A way to a broker that can be cut: `cut` ends all connections that go through it. */
export async function proxyTo(port: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  const server = createServer(near => {
    const far = createConnection(port, '127.0.0.1')
    for (const socket of [near, far]) {
      open.add(socket)
      socket.setNoDelay(true)
      // A cut connection is what the test asks for.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = () => {
    for (const socket of open) socket.destroy()
    open.clear()
  }
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut,
    close: () => {
      cut()
      server.close()
    },
  }
}
