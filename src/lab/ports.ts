import { createServer } from 'node:net'

// Below the range from which systems draw the ports of outgoing connections (Linux 32768, macOS 49152): there, a client
// that dials a stopped broker could take its port, or connect to itself.
const FIRST = 20_000
const LAST = 32_000

/** `count` different TCP ports of 127.0.0.1 that the system lets us listen on. Throws when a hundred tries a port fail. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let tries = 0; found.size < count; tries += 1) {
    if (tries > count * 100) throw new Error(`no ${count} free ports between ${FIRST} and ${LAST}`)
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    if (!found.has(port) && (await isFree(port))) found.add(port)
  }
  return [...found]
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}
