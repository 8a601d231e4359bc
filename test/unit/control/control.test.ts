import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask } from '../../../src/control/client.js'
import { type Control, serveControl } from '../../../src/control/server.js'
import { socketPath } from '../../../src/control/socket-path.js'
import type { Envelope } from '../../../src/core/envelope.js'
import { Refusal } from '../../../src/errors.js'

const ENVELOPE: Envelope = {
  ...{ run: 'r1', verb: 'drain', source: 's', target: 't', state: 'running', balanced: true },
  ledger: { read: 9_007_199_254_740_993n, written: 2n, parked: 3n, dropped: 4n },
  lanes: [{ lane: '0', read: 1n, written: 1n, from: '0', to: '1' }],
  ...{ duplicatesAtMost: 5n, startedAt: null, endedAt: null, messagesPerSecond: 1, bytesPerSecond: 2 },
  ...{ originals: 'may start', held: [], warnings: [], refusals: [] },
}

function runFolder(depth = 0): string {
  const root = mkdtempSync(join(tmpdir(), 'spillway-test-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const path = join(root, ...Array.from({ length: depth }, () => 'a-rather-long-folder-name'))
  mkdirSync(path, { recursive: true })
  return path
}

async function liveRun(path: string): Promise<string[]> {
  const log: string[] = []
  const control: Control = {
    status: () => ENVELOPE,
    pause: (by, reason) => log.push(`pause ${by} ${reason}`),
    resume: (by, ignore) => log.push(`resume ${by} ${ignore}`),
    rate: (rate, by) => log.push(`rate ${JSON.stringify(rate)} ${by}`),
    abort: () => {
      throw new Refusal('not now', { code: 'busy', hint: 'wait' })
    },
  }
  const server = await serveControl(path, control)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return log
}

/** Sends raw text and gives the first answer. */
const say = (path: string, text: string): Promise<string> =>
  new Promise(resolve => {
    const socket = createConnection(socketPath(path), () => socket.write(text))
    socket.setEncoding('utf8').once('data', answer => {
      socket.destroy()
      resolve(String(answer))
    })
    socket.once('close', () => resolve(''))
    // Data that the server never read makes its hanging up a reset.
    socket.once('error', () => resolve(''))
  })

describe('control of a live run', () => {
  it('tells the status with all its digits', async () => {
    const path = runFolder()
    await liveRun(path)
    expect(await ask(path, { type: 'status' })).toEqual({ ok: true, envelope: ENVELOPE })
  })

  it('passes on pause, resume and rate, each within a second', async () => {
    const path = runFolder()
    const log = await liveRun(path)
    const begin = performance.now()
    await ask(path, { type: 'pause', by: 'ann', reason: 'lunch' })
    await ask(path, { type: 'resume', by: 'ann' })
    await ask(path, { type: 'resume', by: 'ann', ignore: 'disk' })
    await ask(path, { type: 'set', by: 'bob', rate: { messages: 500 } })
    expect(performance.now() - begin).toBeLessThan(4_000)
    expect(log).toEqual(['pause ann lunch', 'resume ann undefined', 'resume ann disk', 'rate {"messages":500} bob'])
  })

  it("answers with the run's own refusal", async () => {
    const path = runFolder()
    await liveRun(path)
    expect(await ask(path, { type: 'abort', by: 'ann' })).toEqual({
      ...{ ok: false, error: { code: 'busy', message: 'not now', hint: 'wait' } },
    })
  })

  it.each([
    ['{"type":"dance","by":"x"}', 'Unknown request'],
    ['{"type":"set","by":"x","rate":{"messages":0}}', 'above 0'],
    ['{"type":"set","by":"x","rate":{}}', 'a second'],
    ['{"type":"pause"}', "'by' must be text"],
    ['[]', 'object'],
    ['nonsense', 'JSON'],
  ])('answers %s with what is wrong, and lives on', async (line, message) => {
    const path = runFolder()
    const log = await liveRun(path)
    expect(await say(path, `${line}\n`)).toMatch(new RegExp(`"ok":false.*${message}`))
    expect(await ask(path, { type: 'status' })).toMatchObject({ ok: true })
    expect(log).toEqual([])
  })

  it('hangs up on a request without an end', async () => {
    const path = runFolder()
    await liveRun(path)
    expect(await say(path, 'x'.repeat(200_000))).toBe('')
    expect(await ask(path, { type: 'status' })).toMatchObject({ ok: true })
  })

  it('works where the path is too long for a socket, and leaves no link behind', async () => {
    const path = runFolder(9)
    expect(Buffer.byteLength(socketPath(path))).toBeGreaterThan(200)
    const links = () => readdirSync(tmpdir()).filter(name => /^spillway-.{6}$/.test(name))
    const before = links()
    await liveRun(path)
    expect(await ask(path, { type: 'status' })).toMatchObject({ ok: true })
    expect(links()).toEqual(before)
  })
})

describe('control of a run that is not live', () => {
  it('says so where there never was a socket', async () => {
    expect(await ask(runFolder(), { type: 'status' })).toBe('not running')
    expect(await ask(join(runFolder(), 'gone'), { type: 'status' })).toBe('not running')
  })

  it('says so after the run has closed it, and leaves no socket', async () => {
    const path = runFolder(9)
    const server = await serveControl(path, {} as Control)
    await server[Symbol.asyncDispose]()
    expect(readdirSync(path)).toEqual([])
    expect(await ask(path, { type: 'status' })).toBe('not running')
  })

  it('says so where a killed runner left its socket, which the next one replaces', async () => {
    const path = runFolder()
    writeFileSync(socketPath(path), '')
    expect(await ask(path, { type: 'status' })).toBe('not running')
    await liveRun(path)
    expect(await ask(path, { type: 'status' })).toMatchObject({ ok: true })
  })

  it('gives up on a process that does not answer', async () => {
    const path = runFolder()
    const mute = createServer()
    await new Promise<void>(resolve => mute.listen(socketPath(path), resolve))
    onTestFinished(() => {
      mute.close()
    })
    await expect(ask(path, { type: 'status' }, 50)).rejects.toMatchObject({ code: 'unresponsive', exitCode: 1 })
  })
})
