import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { freePorts } from '../../../src/lab/ports.js'

it('finds different ports below those of outgoing connections, and each can be listened on', async () => {
  const ports = await freePorts(9)
  expect(new Set(ports).size).toBe(9)
  for (const port of ports) {
    expect(port).toBeGreaterThanOrEqual(20_000)
    expect(port).toBeLessThan(32_000)
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    await new Promise(resolve => server.close(resolve))
  }
})
