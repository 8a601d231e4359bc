import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { HandlerOptions } from '../../../../src/fanout/handlers/options.js'
import { message, numbered, opened } from './given.js'

const DONE = { kind: 'done' }
type Seen = { readonly method: string; readonly url: string; readonly headers: string[]; readonly body: Buffer }

/** A service on loopback; `answer` runs when a request is read whole. */
async function service(answer: RequestListener, fields: Partial<HandlerOptions> = {}, address = '/orders?x=1') {
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray())
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.rawHeaders, body })
    answer(request, response)
  })
  server.on('connection', socket => sockets.add(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const it = await opened({ kind: 'http', url: `http://127.0.0.1:${port}${address}` }, fields)
  const end = async () => {
    await it[Symbol.asyncDispose]()
    server.closeAllConnections()
    server.close()
  }
  return { ...it, port, seen, sockets, server, [Symbol.asyncDispose]: end }
}

/** Headers of a request that are not HTTP's own, in order. */
const pairs = ({ headers }: Seen): string[] =>
  headers.flatMap((name, at) =>
    at % 2 === 0 && !/^(host|connection)$/i.test(name) ? [`${name}: ${headers[at + 1]}`] : [],
  )

const status =
  (code: number, headers: Record<string, string> = {}, body = ''): RequestListener =>
  (_, response) => {
    response.writeHead(code, headers).end(body)
  }
async function outcome(answer: RequestListener, fields: Partial<HandlerOptions> = {}) {
  await using it = await service(answer, fields)
  return await it.handle()
}

describe('a request', () => {
  it('is a POST of the value, with the fields of the contract as headers', async () => {
    await using it = await service(status(204))
    expect(await it.handle(message(), 2)).toEqual(DONE)
    const [seen] = it.seen
    expect(seen).toMatchObject({ method: 'POST', url: '/orders?x=1', body: Buffer.from('{"total":1}') })
    expect(seen && pairs(seen)).toEqual(
      [
        'Content-Type: application/octet-stream',
        'User-Agent: spillway',
        'Idempotency-Key: orders/3/42',
        'Spillway-Id: orders/3/42',
        'Spillway-Key: customer-7',
        'Spillway-Origin: orders/3/42',
        'Spillway-Attempt: 2',
        'Content-Length: 11',
      ].map(line => line.replace('Content-Length', 'content-length')),
    )
  })

  it('marks a null value, and leaves a null key out', async () => {
    await using it = await service(status(200))
    await it.handle(message({ key: null, value: null }))
    const lines = it.seen[0] === undefined ? [] : pairs(it.seen[0])
    expect(lines).toContain('Spillway-Null: 1')
    expect(lines.join()).not.toContain('Spillway-Key')
    expect(it.seen[0]?.body).toHaveLength(0)
  })

  it('carries message headers in order, repeated ones repeated, null ones left out', async () => {
    await using it = await service(status(200))
    const headers = [
      ['trace-id', Buffer.from('1')],
      ['trace-id', Buffer.from('2')],
      ['odd name_é', Buffer.from('x')],
      ['gone', null],
      ['empty', Buffer.alloc(0)],
    ] as const
    await it.handle(message({ headers }))
    const own = (it.seen[0] === undefined ? [] : pairs(it.seen[0])).filter(line => line.startsWith('Spillway-Header'))
    expect(own).toEqual([
      'Spillway-Header-trace-id: 1',
      'Spillway-Header-trace-id: 2',
      'Spillway-Header-odd-name--: x',
      'Spillway-Header-empty: ',
    ])
  })

  it('carries as base64 what a header would change or refuse', async () => {
    await using it = await service(status(200))
    const headers = [
      ['a', Buffer.from('é')],
      ['b', Buffer.from('1\r\nEvil: 1')],
      ['c', Buffer.from(' blank ')],
    ] as const
    await it.handle(message({ id: 'ö', key: Buffer.from([255]), headers }))
    const lines = it.seen[0] === undefined ? [] : pairs(it.seen[0])
    expect(lines).toEqual(
      expect.arrayContaining([
        'Idempotency-Key: w7Y=',
        'Spillway-Id-Base64: w7Y=',
        'Spillway-Key-Base64: /w==',
        'Spillway-Header-a-Base64: w6k=',
        'Spillway-Header-b-Base64: MQ0KRXZpbDogMQ==',
        'Spillway-Header-c-Base64: IGJsYW5rIA==',
      ]),
    )
  })

  it('goes over connections that are kept, as many as messages in flight', async () => {
    const answer: RequestListener = (_, response) => setTimeout(() => response.end('fine'), 20)
    await using it = await service(answer, { workers: 2, concurrency: 2 })
    expect(it.handler.slots).toBe(4)
    for (let turn = 0; turn < 5; turn++)
      await Promise.all([1, 2, 3, 4].map(mark => it.handle(numbered(turn * 4 + mark))))
    expect(it.seen).toHaveLength(20)
    // One more was made by the look at the start.
    expect(it.sockets.size).toBeLessThanOrEqual(5)
  })

  it('authenticates by the credentials given, or those of the URL', async () => {
    await using given = await service(status(200), { credentials: { username: 'spill', password: 'wäy' } })
    await given.handle()
    expect(given.seen[0]?.headers).toContain(`Basic ${Buffer.from('spill:wäy').toString('base64')}`)
    const handler = await opened({ kind: 'http', url: `http://u%40x:p%2F@127.0.0.1:${given.port}/` })
    await handler.handle()
    await handler[Symbol.asyncDispose]()
    expect(given.seen[1]?.headers).toContain(`Basic ${Buffer.from('u@x:p/').toString('base64')}`)
  })
})

describe('an answer', () => {
  it.each([200, 201, 202, 204])('of %i is done', async code => {
    expect(await outcome(status(code))).toEqual(DONE)
  })

  it.each([429, 503])('of %i asks for a later try, after the seconds or the date that it names', async code => {
    const reason = expect.stringContaining(String(code))
    expect(await outcome(status(code))).toEqual({ kind: 'later', reason })
    expect(await outcome(status(code, { 'retry-after': '7' }))).toEqual({ kind: 'later', reason, afterMs: 7000 })
    const now = () => Date.parse('2026-11-21T00:00:00Z')
    const dated = status(code, { 'retry-after': 'Sat, 21 Nov 2026 00:01:30 GMT' })
    expect(await outcome(dated, { now })).toEqual({ kind: 'later', reason, afterMs: 90_000 })
    expect(await outcome(status(code, { 'retry-after': 'soon' }))).toEqual({ kind: 'later', reason })
  })

  it('of another 4xx is refused, with the beginning of its body', async () => {
    const body = `no such customer\n${'x'.repeat(100_000)}`
    const reason = `422 Unprocessable Entity: no such customer ${'x'.repeat(183)}`
    expect(await outcome(status(422, {}, body))).toEqual({ kind: 'refused', reason })
    expect(await outcome(status(404))).toEqual({ kind: 'refused', reason: '404 Not Found' })
  })

  it('of 5xx has failed', async () => {
    expect(await outcome(status(500, {}, 'deadlock'))).toEqual({
      kind: 'failed',
      reason: '500 Internal Server Error: deadlock',
    })
  })

  it.each([502, 504])('of %i has failed, and tells of an outage', async code => {
    expect(await outcome(status(code))).toMatchObject({ kind: 'failed', outage: true })
  })

  it('that leads elsewhere is refused and not followed', async () => {
    await using it = await service(status(308, { location: 'http://user:secret@elsewhere/orders' }))
    expect(await it.handle()).toEqual({
      kind: 'refused',
      reason: '308 Permanent Redirect to http://elsewhere/orders (redirects are not followed)',
    })
    expect(it.seen).toHaveLength(1)
  })

  it('is read to its end, so that the connection can be used again', async () => {
    await using it = await service(status(500, {}, 'x'.repeat(3_000_000)))
    for (let mark = 0; mark < 5; mark++) expect((await it.handle(numbered(mark))).kind).toBe('failed')
    expect(it.sockets.size).toBe(2)
  })
})

describe('no answer', () => {
  it('in time has failed, and the connection is given up', async () => {
    const answer: RequestListener = ({ headers }, response) => {
      if (headers['spillway-attempt'] !== '1') response.end()
    }
    await using it = await service(answer, { timeoutMs: 900 })
    expect(await it.handle()).toEqual({ kind: 'failed', reason: 'no answer within 900 ms', outage: true })
    expect(await it.handle(message(), 2)).toEqual(DONE)
  })

  it('because the connection broke has failed', async () => {
    const reason = await outcome((request: IncomingMessage) => request.socket.destroy())
    expect(reason).toEqual({ kind: 'failed', reason: 'other side closed', outage: true })
  })

  it('because the service went away is no try', async () => {
    await using it = await service(status(200))
    it.server.closeAllConnections()
    await new Promise(resolve => it.server.close(resolve))
    expect(await it.handle()).toMatchObject({ kind: 'later', reason: expect.stringContaining('ECONNREFUSED') })
  })

  it('is waited for when everything is given up', async () => {
    await using it = await service(() => undefined)
    const hard = new AbortController()
    const outcome = it.handle(message(), 1, hard.signal)
    hard.abort()
    expect(await outcome).toEqual({ kind: 'failed', reason: 'given up', outage: true })
  })
})

describe('an address that cannot work', () => {
  it('is said at the start, without a password', async () => {
    const start = (url: string) => opened({ kind: 'http', url })
    await expect(start('http://u:secret@127.0.0.1:1/')).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^Nobody answers at 127\.0\.0\.1:1: .*ECONNREFUSED/),
    })
    const none = await start('ftp://u:secret@host/').catch((error: Error) => error)
    expect(none).toMatchObject({ exitCode: 2 })
    expect(String((none as Error).message)).not.toContain('secret')
  })
})
