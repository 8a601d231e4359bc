import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { healthCheck } from '../../../../src/control/gauges/health-check.js'
import { holdFile } from '../../../../src/control/gauges/hold-file.js'

const signal = new AbortController().signal

describe('a hold file', () => {
  it('holds while it is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hold-'))
    const file = join(folder, 'stop')
    expect(await holdFile(file).read(signal)).toBeUndefined()
    await writeFile(file, '')
    expect(await holdFile(file).read(signal)).toBe(`${file} is there`)
    await rm(folder, { recursive: true })
    expect(await holdFile(file).read(signal)).toBeUndefined()
  })

  it('cannot be read where a part of its path is no folder', async () => {
    await expect(holdFile('/dev/null/stop').read(signal)).rejects.toThrow('ENOTDIR')
  })
})

describe('a health check', () => {
  let server: Server
  let url: string
  beforeAll(async () => {
    server = createServer((request, response) => response.writeHead(Number(request.url?.slice(1))).end('body'))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  it.each([200, 204, 299])('is well at %i', async status =>
    expect(await healthCheck(`${url}/${status}`).read(signal)).toBeUndefined(),
  )
  it.each([304, 404, 500, 503])('is not at %i', async status =>
    expect(await healthCheck(`${url}/${status}`).read(signal)).toMatch(
      new RegExp(`^${status} .* from ${url}/${status}$`),
    ),
  )
  it('says why there is no answer', async () => {
    await expect(healthCheck('http://127.0.0.1:1/').read(signal)).rejects.toThrow(/^no answer from http:\/\/127/)
  })
})
