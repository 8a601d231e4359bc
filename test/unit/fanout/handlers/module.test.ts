import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HandlerOptions } from '../../../../src/fanout/handlers/options.js'
import { message, numbered, opened, until } from './given.js'

const DONE = { kind: 'done' }
const folder = mkdtempSync(join(tmpdir(), 'spillway-module-'))
let files = 0

/** A module file with this text. */
function written(text: string, extension = 'mjs'): string {
  const file = join(folder, `handler-${files++}.${extension}`)
  writeFileSync(file, text)
  return file
}

const module = (text: string, fields: Partial<HandlerOptions> = {}) =>
  opened({ kind: 'module', file: written(text) }, { concurrency: 10, ...fields })
const each = (body: string, fields: Partial<HandlerOptions> = {}) =>
  module(`export default async (message, context) => { ${body} }`, fields)
const outcome = async (body: string) => {
  await using it = await each(body)
  return await it.handle()
}

describe('a module', () => {
  it('gets the fields of the contract, bytes as buffers', async () => {
    await using it = await each(
      'context.log(JSON.stringify([message, message.value instanceof Buffer, context.attempt]))',
    )
    const headers = [['bytes', Buffer.from([255])]] as const
    expect(await it.handle(message({ key: null, headers }), 2)).toEqual(DONE)
    expect(it.told.stderr).toEqual([
      '[{"id":"orders/3/42","key":null,"value":"{\\"total\\":1}","headers":[["bytes",{"base64":"/w=="}]],' +
        '"origin":{"target":"orders","lane":"3","mark":"42","at":"2025-11-13T02:13:20.000Z"},"attempt":2},true,2]',
    ])
  })

  it('reads keys, values and headers as the broker sent them', async () => {
    const body =
      'throw new Error([message.id, message.key, message.headers[0][0], message.origin.mark, message.attempt].join())'
    await using it = await each(body)
    const given = numbered(7, { headers: [['a', null]] })
    expect(await it.handle(given)).toEqual({ kind: 'failed', reason: 'orders/3/7,customer-7,a,7,1' })
  })

  it('may be read from the folder given, and be CommonJS', async () => {
    const file = written('module.exports = async () => {}', 'cjs')
    await using it = await opened({ kind: 'module', file: file.replace(`${folder}/`, './') }, { cwd: folder })
    expect(await it.handle()).toEqual(DONE)
  })

  it('may answer without a promise', async () => {
    await using it = await module('export default message => { if (message.attempt > 1) throw new Error("no") }')
    expect(await it.handle()).toEqual(DONE)
    expect(await it.handle(message(), 2)).toEqual({ kind: 'failed', reason: 'no' })
  })

  it('fails by throwing, and says what it wants by fields of the error or by the context', async () => {
    expect(await outcome('throw new Error("no stock")')).toEqual({ kind: 'failed', reason: 'no stock' })
    expect(await outcome('throw "text"')).toEqual({ kind: 'failed', reason: 'text' })
    expect(await outcome('throw undefined')).toEqual({ kind: 'failed', reason: 'undefined' })
    expect(await outcome('throw Object.assign(new Error("busy"), { retry: true })')).toEqual({
      kind: 'later',
      reason: 'busy',
    })
    expect(await outcome('throw Object.assign(new Error("bad"), { park: true })')).toEqual({
      kind: 'refused',
      reason: 'bad',
    })
    expect(await outcome('context.retryLater(50)')).toEqual({
      kind: 'later',
      reason: 'asked for a later try',
      afterMs: 50,
    })
    expect(await outcome('context.retryLater(undefined, "busy")')).toEqual({ kind: 'later', reason: 'busy' })
    expect(await outcome('const { park } = context; park("no such customer")')).toEqual({
      kind: 'refused',
      reason: 'no such customer',
    })
  })

  it('runs many calls at once in one process', async () => {
    await using it = await each('await new Promise(resolve => setTimeout(resolve, 100))')
    expect(it.handler.slots).toBe(10)
    const started = Date.now()
    await Promise.all(Array.from({ length: 10 }, (_, mark) => it.handle(numbered(mark))))
    expect(Date.now() - started).toBeLessThan(900)
  })

  it('has its console on standard error, never in the result', async () => {
    const before = globalThis.console
    {
      await using it = await each('console.log("seen", message.id)')
      await it.handle()
      await until(() => it.told.stderr.length > 0)
      expect(it.told.stderr).toEqual(['seen orders/3/42'])
    }
    expect(globalThis.console).toBe(before)
  })

  it('is closed at the end where it asks for it', async () => {
    const told: string[] = []
    const text = 'export default async () => {}\nexport const close = async () => { console.log("closed") }'
    const it = await module(text, { stderr: line => told.push(line) })
    await it[Symbol.asyncDispose]()
    expect(told).toEqual(['closed'])
  })
})

describe('a call that takes too long', () => {
  it('fails, has its signal aborted, and is ignored and told once when it ends at last', async () => {
    const body = `if (message.attempt > 1) return
      context.signal.addEventListener("abort", () => context.log("aborted: " + context.signal.reason.message))
      await new Promise(resolve => setTimeout(resolve, 600))`
    await using it = await each(body, { timeoutMs: 200 })
    expect(await it.handle()).toEqual({ kind: 'failed', reason: 'no end within 200 ms' })
    expect(await it.handle(message(), 2)).toEqual(DONE)
    await until(() => it.told.stderr.length === 2)
    expect(it.told.stderr).toEqual([
      'aborted: no end within 200 ms',
      'The call for message orders/3/42 ended after it was given up; that is ignored.',
    ])
  })

  it('is given up with everything', async () => {
    await using it = await each('await new Promise(() => {})')
    const hard = new AbortController()
    const outcome = it.handle(message(), 1, hard.signal)
    hard.abort()
    expect(await outcome).toEqual({ kind: 'failed', reason: 'given up' })
  })

  it('does not take the signal of the next call with it', async () => {
    await using it = await each('context.signal; context.log(String(context.signal.aborted))')
    for (let mark = 0; mark < 3; mark++) await it.handle(numbered(mark))
    expect(it.told.stderr).toEqual(['false', 'false', 'false'])
  })
})

describe('a module that is none', () => {
  const error = async (file: string, fields: Partial<HandlerOptions> = {}) => {
    try {
      await opened({ kind: 'module', file }, fields)
    } catch (thrown) {
      return thrown as Error & { hint: string; exitCode: number }
    }
    throw new Error('it was opened')
  }

  it.each([
    ['is not there', () => join(folder, 'nowhere.mjs'), 'cannot be loaded'],
    ['does not parse', () => written('export default async ('), 'cannot be loaded'],
    ['needs what is not there', () => written("import 'no-such-package'"), 'no-such-package'],
    ['throws', () => written('throw new Error("no config")'), 'no config'],
    ['has no default export', () => written('export const handle = 1'), 'no default export that is a function'],
    [
      'has wrong options',
      () => written('export const batch = () => {}\nexport const options = { batchSize: 0 }'),
      'options',
    ],
  ])('%s: the file and what is expected are named', async (_, make, said) => {
    const file = make()
    const { message: text, hint, exitCode } = await error(file)
    expect(text).toContain(file)
    expect(text).toContain(said)
    expect(hint).toMatch(/export (default async|const options)/)
    expect(exitCode).toBe(2)
  })
})

describe('the batch form', () => {
  const batch = (body: string, given = '{ batchSize: 3, lingerMs: 20 }', fields: Partial<HandlerOptions> = {}) =>
    module(`export const batch = async (messages, context) => { ${body} }\nexport const options = ${given}`, fields)
  const three = (it: Awaited<ReturnType<typeof batch>>) => Promise.all([1, 2, 3].map(mark => it.handle(numbered(mark))))

  it('gets as many messages as asked for, or what came in time', async () => {
    await using it = await batch('context.log(messages.map(({ origin }) => origin.mark).join())')
    const outcomes = await Promise.all([1, 2, 3, 4].map(mark => it.handle(numbered(mark))))
    expect(outcomes).toEqual([DONE, DONE, DONE, DONE])
    expect(it.told.stderr).toEqual(['1,2,3', '4'])
  })

  it('does not wait where every slot is taken', async () => {
    const started = Date.now()
    await using it = await batch('', '{ batchSize: 100, lingerMs: 5000 }', { concurrency: 3 })
    expect(await three(it)).toEqual([DONE, DONE, DONE])
    expect(Date.now() - started).toBeLessThan(4_000)
  })

  it('names those that are not done; all others are', async () => {
    const body =
      'return [undefined, { id: messages[1].id, ok: false, error: "no", retry: false }, { id: messages[0].id, ok: true }]'
    await using it = await batch(body)
    expect(await three(it)).toEqual([DONE, { kind: 'refused', reason: 'no' }, DONE])
  })

  it('is done with whatever else it returns, but not with an array of something else', async () => {
    await using rows = await batch('return { rowCount: 3 }')
    expect(await three(rows)).toEqual([DONE, DONE, DONE])
    await using settled = await batch('return Promise.allSettled(messages.map(async () => { throw new Error("no") }))')
    for (const outcome of await three(settled)) expect(outcome).toMatchObject({ kind: 'failed' })
    await using foreign = await batch('return [{ id: "foreign", ok: false }]')
    for (const outcome of await three(foreign)) expect(outcome).toMatchObject({ kind: 'failed' })
  })

  it('fails or waits as a whole where it throws', async () => {
    await using failing = await batch('throw new Error("deadlock")')
    expect(await three(failing)).toEqual(Array(3).fill({ kind: 'failed', reason: 'deadlock' }))
    await using busy = await batch('context.retryLater(10, "busy")')
    expect(await three(busy)).toEqual(Array(3).fill({ kind: 'later', reason: 'busy', afterMs: 10 }))
  })

  it('fails as a whole where it takes too long, and when it is given up', async () => {
    const never = 'await new Promise(() => {})'
    await using slow = await batch(never, undefined, { timeoutMs: 100 })
    expect(await three(slow)).toEqual(Array(3).fill({ kind: 'failed', reason: 'no end within 100 ms' }))
    await using it = await batch(never)
    const hard = new AbortController()
    const outcomes = [1, 2, 3, 4].map(mark => it.handle(numbered(mark), 1, hard.signal))
    hard.abort()
    expect(await Promise.all(outcomes)).toEqual(Array(4).fill({ kind: 'failed', reason: 'given up' }))
  })
})
