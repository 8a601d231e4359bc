import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as Opening from '../../../../src/fanout/handlers/open-handler.js'
import type { HandlerOptions } from '../../../../src/fanout/handlers/options.js'
import type { Outcome } from '../../../../src/fanout/ports.js'
import { message, numbered, options, until } from './given.js'

const ROOT = new URL('../../../..', import.meta.url).pathname
const DONE = { kind: 'done' }
const folder = mkdtempSync(join(tmpdir(), 'spillway-threads-'))
let opening: typeof Opening
let files = 0

/** A thread runs files of its own, so it needs them as JavaScript. */
beforeAll(async () => {
  const target = ['--target', 'ES2022', '--lib', 'ES2022,ESNext.Disposable', '--types', 'node', '--skipLibCheck']
  const modules = ['--module', 'NodeNext', '--rootDir', 'src', '--outDir', folder, '--ignoreConfig']
  const sources = ['open-handler.ts', 'module/thread.ts'].map(name => `src/fanout/handlers/${name}`)
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...target, ...modules, ...sources], { cwd: ROOT })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  opening = (await import(join(folder, 'fanout/handlers/open-handler.js'))) as typeof Opening
})
afterAll(() => rmSync(folder, { recursive: true }))

async function threads(text: string, fields: Partial<HandlerOptions> = {}) {
  const file = join(folder, `handler-${files++}.mjs`)
  writeFileSync(file, text)
  const told: string[] = []
  const given = options({ workers: 2, concurrency: 4, stderr: line => told.push(line), ...fields })
  const handler = opening.openHandler({ kind: 'module', file }, given)
  await handler.start()
  const never = new AbortController().signal
  const handle = async (each = message(), attempt = 1, hard = never): Promise<Outcome> =>
    handler.handle({ message: each, attempt }, hard)
  return { handler, handle, told, [Symbol.asyncDispose]: () => handler[Symbol.asyncDispose]() }
}
const each = (body: string, fields: Partial<HandlerOptions> = {}) =>
  threads(
    `import { threadId } from 'node:worker_threads'\nexport default async (message, context) => { ${body} }`,
    fields,
  )

describe('a module in threads', () => {
  it('gets the same messages as in this process', async () => {
    await using it = await each('throw new Error(JSON.stringify(message) + Buffer.isBuffer(message.value))')
    const headers = [
      ['a', null],
      [Buffer.from([254]), Buffer.from([255])],
      ['empty', Buffer.alloc(0)],
    ] as const
    expect(await it.handle(message({ key: null, headers, timestamp: -1 }), 3)).toEqual({
      kind: 'failed',
      reason:
        '{"id":"orders/3/42","key":null,"value":"{\\"total\\":1}","headers":[["a",null],[{"base64":"/g=="},{"base64":"/w=="}],["empty",""]],' +
        '"origin":{"target":"orders","lane":"3","mark":"42","at":null},"attempt":3}true',
    })
  })

  it('shares them out, many at once', async () => {
    await using it = await each('throw new Error(String(threadId))')
    expect(it.handler.slots).toBe(8)
    const outcomes = await Promise.all(Array.from({ length: 8 }, (_, mark) => it.handle(numbered(mark))))
    expect(new Set(outcomes.map(outcome => (outcome.kind === 'failed' ? outcome.reason : ''))).size).toBe(2)
  })

  it('says all that it can say in this process', async () => {
    await using it = await each(`if (message.attempt === 1) context.park("bad")
      if (message.attempt === 2) context.retryLater(70, "busy")
      context.log("told"); console.log("printed")`)
    expect(await it.handle()).toEqual({ kind: 'refused', reason: 'bad' })
    expect(await it.handle(message(), 2)).toEqual({ kind: 'later', reason: 'busy', afterMs: 70 })
    expect(await it.handle(message(), 3)).toEqual(DONE)
    await until(() => it.told.length === 2)
    expect([...it.told].sort()).toEqual(['printed', 'told'])
  })

  it('may work in batches', async () => {
    await using it = await threads(
      'export const batch = async messages => [{ id: messages[0].id, ok: false, error: String(messages.length) }]',
      { concurrency: 3 },
    )
    const outcomes = await Promise.all([1, 2, 3, 4, 5, 6].map(mark => it.handle(numbered(mark))))
    expect(outcomes.filter(({ kind }) => kind === 'failed')).toEqual(Array(2).fill({ kind: 'failed', reason: '3' }))
  })

  it('is not given the password', async () => {
    const env = { ...process.env, SPILLWAY_PASSWORD: 'secret' }
    await using it = await each('throw new Error(String(process.env.SPILLWAY_PASSWORD))', { env })
    expect(await it.handle()).toEqual({ kind: 'failed', reason: 'undefined' })
  })

  it('that is none is refused at the start, by its name', async () => {
    await expect(threads('export default async (\n')).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(/handler-\d+\.mjs cannot be loaded: SyntaxError: /),
      hint: expect.stringMatching(/export default async .* `node --check .*\.mjs` shows the place/),
    })
  })

  it('is closed at the end', async () => {
    const told: string[] = []
    const text =
      'export default async () => {}\nexport const close = async () => console.log("closed")\nsetInterval(() => {}, 1000)'
    const it = await threads(text, { stderr: line => told.push(line) })
    await it[Symbol.asyncDispose]()
    expect(told).toEqual(['closed', 'closed'])
  })
})

describe('a thread that ends', () => {
  it('leaves what it had in hand as died, and is started again', async () => {
    const crash =
      'if (message.attempt === 1) setTimeout(() => { throw new Error("crash") }); await new Promise(() => {})'
    await using it = await each(`if (message.attempt < 3) { ${crash} }`, { workers: 2, concurrency: 1 })
    const reason = 'the thread ended with it in hand (crash)'
    expect(await it.handle()).toEqual({ kind: 'died', reason })
    expect(await it.handle(message(), 3)).toEqual(DONE)
    expect(it.told).toEqual(['A thread of the module ended (crash); it is started again.'])
  })

  it('five times in a row without an answer ends the run', async () => {
    await using it = await each('process.exit(7)', { workers: 2, concurrency: 1 })
    const all = async () => {
      for (let death = 0; death < 20; death++) await it.handle()
    }
    await expect(all()).rejects.toMatchObject({ code: 'handler', message: expect.stringContaining('exit code 7') })
  })

  it('is ended where it is blocked, and the oldest message has failed', async () => {
    await using it = await each('if (message.attempt === 1) for (;;);', { concurrency: 1, timeoutMs: 100 })
    const reason = 'no end within 100 ms: the thread is blocked'
    expect(await it.handle()).toEqual({ kind: 'failed', reason })
    expect(await it.handle(message(), 2)).toEqual(DONE)
  })

  it('goes at once when everything is given up', async () => {
    await using it = await each('await new Promise(() => {})')
    const hard = new AbortController()
    const outcome = it.handle(message(), 1, hard.signal)
    hard.abort()
    expect((await outcome).kind).toBe('died')
  })
})
