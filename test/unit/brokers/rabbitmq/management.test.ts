import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { managementUrl, openManagement } from '../../../../src/brokers/rabbitmq/management.js'

const settings = { host: '127.0.0.1', username: 'ops', password: 'päss', vhost: '/' }
let server: Server
let url = ''
const asked: { path: string; login: string }[] = []

const ANSWERS: Readonly<Record<string, readonly [status: number, body: string]>> = {
  '/api/overview': [200, '{"rates_mode":"basic"}'],
  '/api/queues/%2F/a%2Fb?msg_rates_age=15': [200, '{"name":"a/b"}'],
  '/api/nodes': [401, '{"error":"not_authorized","reason":"Not management user"}'],
  '/api/policies': [403, ''],
  '/api/whoami': [200, '<html>'],
  '/api/broken': [500, '{"reason":"nodedown"}'],
}

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', login: request.headers.authorization ?? '' })
    const [status, body] = ANSWERS[request.url ?? ''] ?? [404, '{"error":"Object Not Found"}']
    response.writeHead(status).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await new Promise(resolve => server.close(resolve))
})

describe('managementUrl', () => {
  it('guesses the usual ports of the same host', () => {
    expect(managementUrl(settings)).toBe('http://127.0.0.1:15672')
    expect(managementUrl({ ...settings, tls: true })).toBe('https://127.0.0.1:15671')
    expect(managementUrl({ ...settings, host: '::1' })).toBe('http://[::1]:15672')
  })

  it('takes a given one, with or without /api/', () => {
    expect(managementUrl({ ...settings, managementUrl: 'https://rabbit.example/api/' })).toBe('https://rabbit.example')
  })

  it('refuses what is no URL', () => {
    expect(() => openManagement({ ...settings, managementUrl: 'rabbit:15672' })).toThrow('not the URL')
  })
})

describe('openManagement', () => {
  const get = (...path: string[]) => openManagement({ ...settings, managementUrl: url }).get(path)

  it('asks with the login, and encodes each part', async () => {
    const api = openManagement({ ...settings, managementUrl: url })
    expect(await api.get(['queues', '/', 'a/b'], { msg_rates_age: 15 })).toEqual({ ok: true, value: { name: 'a/b' } })
    const login = `Basic ${Buffer.from('ops:päss').toString('base64')}`
    expect(asked.at(-1)).toEqual({ path: '/api/queues/%2F/a%2Fb?msg_rates_age=15', login })
  })

  it('shows no credentials in its URL', () => {
    const given = url.replace('//', '//ops:secret@')
    expect(openManagement({ ...settings, managementUrl: given }).url).toBe(url)
  })

  it('makes an answer of every no', async () => {
    expect(await get('nodes')).toMatchObject({ ok: false, status: 401, why: expect.stringContaining('monitoring') })
    expect(await get('policies')).toMatchObject({ ok: false, status: 403 })
    expect(await get('queues', '/', 'nope')).toMatchObject({ ok: false, status: 404 })
    expect(await get('broken')).toEqual({ ok: false, status: 500, why: 'it answered 500: nodedown' })
    expect(await get('whoami')).toMatchObject({ ok: false, why: expect.stringContaining('no management API') })
  })

  it('says that nothing listens there', async () => {
    const api = openManagement({ ...settings, managementUrl: 'http://127.0.0.1:1' })
    expect(await api.get(['overview'])).toMatchObject({
      ok: false,
      why: expect.stringContaining('rabbitmq_management'),
    })
  })

  it('stops with the signal that is given', async () => {
    const stop = AbortSignal.abort(new Error('stopped'))
    await expect(openManagement({ ...settings, managementUrl: url }, stop).get(['overview'])).rejects.toThrow('stopped')
  })
})
