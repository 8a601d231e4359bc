import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HandlerOptions } from '../../../../src/fanout/handlers/options.js'
import { message, numbered, opened, until } from './given.js'

const DONE = { kind: 'done' }
const scratch = () => mkdtempSync(join(tmpdir(), 'spillway-worker-'))

/** A worker of a few lines of JavaScript; `line` is what came, `answer` writes one. */
const worker = (body: string, fields: Partial<HandlerOptions> = {}) => {
  const code = `const answer = (id, rest = { ok: true }) => process.stdout.write(JSON.stringify({ id, ...rest }) + "\\n")
    require("node:readline").createInterface({ input: process.stdin }).on("line", line => { const m = JSON.parse(line); ${body} })`
  return opened({ kind: 'worker', command: `exec '${process.execPath}' -e '${code}'` }, fields)
}

describe('lines', () => {
  it('give a message as one line of JSON, with its fields in the order of the contract', async () => {
    const file = join(scratch(), 'lines')
    const command = `read -r line; printf '%s\\n' "$line" > ${file}; echo '{"id":"orders/3/42","ok":true}'; cat > /dev/null`
    await using it = await opened({ kind: 'worker', command })
    const headers = [
      ['a', Buffer.from('1')],
      ['a', null],
      ['bytes', Buffer.from([255])],
      [Buffer.from([254]), Buffer.from('x')],
    ] as const
    expect(await it.handle(message({ headers, value: Buffer.from('line\n"two"\0') }), 2)).toEqual(DONE)
    expect(readFileSync(file, 'utf8').trimEnd()).toBe(
      '{"id":"orders/3/42","key":"customer-7","value":"line\\n\\"two\\"\\u0000",' +
        '"headers":[["a","1"],["a",null],["bytes",{"base64":"/w=="}],[{"base64":"/g=="},"x"]],' +
        '"origin":{"target":"orders","lane":"3","mark":"42","at":"2025-11-13T02:13:20.000Z"},"attempt":2}',
    )
  })

  it('give null as null and bytes that are no UTF-8 as base64', async () => {
    await using it = await worker('answer(m.id, { ok: false, error: JSON.stringify([m.key, m.value, m.origin.at]) })')
    const given = message({ key: Buffer.from([255]), value: null, timestamp: -1 })
    expect(await it.handle(given)).toEqual({ kind: 'failed', reason: '[{"base64":"/w=="},null,null]' })
  })
})

describe('answers', () => {
  const answering = async (answer: string) => {
    await using it = await worker(`answer(m.id, ${answer})`)
    return await it.handle()
  }

  it('are done, failed, later, or refused', async () => {
    expect(await answering('{ ok: true }')).toEqual(DONE)
    expect(await answering('{ ok: false, error: "no stock" }')).toEqual({ kind: 'failed', reason: 'no stock' })
    expect(await answering('{ ok: false }')).toEqual({ kind: 'failed', reason: 'failed without a reason' })
    expect(await answering('{ ok: false, error: "busy", retry: true }')).toEqual({ kind: 'later', reason: 'busy' })
    const later = { kind: 'later', reason: 'busy', afterMs: 1500 }
    expect(await answering('{ ok: false, error: "busy", retry: 1500 }')).toEqual(later)
    expect(await answering('{ ok: false, error: "bad", retry: false }')).toEqual({ kind: 'refused', reason: 'bad' })
    expect(await answering('{}')).toEqual({ kind: 'failed', reason: expect.stringContaining('"ok"') })
  })

  it('may come in any order, of as many messages as the concurrency', async () => {
    const body = 'all.push(m.id); if (all.length === 3) for (const id of all.reverse()) answer(id)'
    await using it = await worker(`globalThis.all ??= []; ${body}`, { concurrency: 3 })
    expect(it.handler.slots).toBe(3)
    const order: number[] = []
    await Promise.all([1, 2, 3].map(mark => it.handle(numbered(mark)).then(() => order.push(mark))))
    expect(order).toEqual([3, 2, 1])
  })

  it('belong to the first of two messages with the same id', async () => {
    await using it = await worker('answer(m.id, { ok: false, error: String(m.attempt) })', { concurrency: 2 })
    const outcomes = await Promise.all([it.handle(message(), 1), it.handle(message(), 2)])
    expect(outcomes.map(outcome => (outcome.kind === 'failed' ? outcome.reason : ''))).toEqual(['1', '2'])
  })

  it('are shared out over all processes', async () => {
    await using it = await worker('setTimeout(() => answer(m.id, { ok: false, error: String(process.pid) }), 300)', {
      workers: 2,
    })
    const outcomes = await Promise.all([1, 2].map(mark => it.handle(numbered(mark))))
    expect(new Set(outcomes.map(outcome => (outcome.kind === 'failed' ? outcome.reason : ''))).size).toBe(2)
  })

  it('that are none are told a few times, and change nothing', async () => {
    await using it = await worker('console.log("debug"); answer("unknown"); answer(m.id)')
    for (let mark = 0; mark < 20; mark++) expect(await it.handle(numbered(mark))).toEqual(DONE)
    expect(it.told.stderr).toHaveLength(10)
    expect(it.told.stderr[0]).toContain('A worker wrote "debug", which is no answer.')
    expect(it.told.stderr[1]).toContain('which answers no message')
    expect(it.told.stderr.at(-1)).toContain('more of this kind is not told')
  })

  it('carry large values both ways', async () => {
    await using it = await worker('answer(m.id, { ok: false, error: String(m.value.length) })', { concurrency: 4 })
    const value = Buffer.alloc(3_000_000, 'x')
    const outcomes = await Promise.all([1, 2, 3, 4].map(mark => it.handle(numbered(mark, { value }))))
    expect(outcomes).toEqual(Array(4).fill({ kind: 'failed', reason: '3000000' }))
  })

  it('leave standard error to the worker', async () => {
    await using it = await worker('console.error("working on " + m.id); answer(m.id)')
    await it.handle()
    await until(() => it.told.output.length > 0)
    expect(it.told).toEqual({ stderr: [], output: ['working on orders/3/42'] })
  })
})

describe('a worker that dies', () => {
  it('leaves what it had in hand as died, and is started again', async () => {
    const body =
      'if (m.key === "poison") { console.error("boom"); process.exit(3) } else if (m.key !== "held") answer(m.id)'
    await using it = await worker(body, { concurrency: 2 })
    const held = it.handle(numbered(1, { key: Buffer.from('held') }))
    const poison = it.handle(numbered(2, { key: Buffer.from('poison') }))
    const died = { kind: 'died', reason: 'the worker ended with it in hand (exit code 3: boom)' }
    expect(await Promise.all([held, poison])).toEqual([died, died])
    expect(await it.handle(numbered(3))).toEqual(DONE)
    expect(it.told.stderr).toEqual(['A worker ended (exit code 3: boom); it is started again.'])
  })

  it('keeps the answers that it wrote last', async () => {
    await using it = await worker('answer(m.id); process.exit(0)')
    expect(await it.handle()).toEqual(DONE)
  })

  it('ends the run after five deaths in a row without an answer', async () => {
    await using it = await worker('console.error("no database"); process.exit(4)')
    for (let death = 1; death <= 5; death++)
      expect(await it.handle()).toMatchObject({ kind: 'died', reason: expect.stringContaining('no database') })
    await expect(it.handle()).rejects.toMatchObject({
      code: 'handler',
      exitCode: 2,
      message: expect.stringContaining('exit code 4: no database'),
    })
  })

  it('ends it as a failed run where workers had answered before', async () => {
    await using it = await worker('if (m.attempt === 1) answer(m.id); else process.exit(4)')
    expect(await it.handle()).toEqual(DONE)
    for (let death = 1; death <= 5; death++) expect((await it.handle(message(), 2)).kind).toBe('died')
    await expect(it.handle()).rejects.toMatchObject({ code: 'handler', exitCode: 1 })
  })

  it('at once, cannot run at all', async () => {
    const start = (command: string) => opened({ kind: 'worker', command })
    await expect(start('/no/such/worker')).rejects.toMatchObject({ code: 'handler', exitCode: 2 })
    await expect(start('echo "no config" >&2; exit 1')).rejects.toThrow('exit code 1: no config')
  })

  it('is ended where it writes a line that does not end', async () => {
    await using it = await worker('process.stdout.write("x".repeat(3000000))')
    expect(await it.handle()).toMatchObject({ kind: 'died', reason: expect.stringContaining('more than 1 MiB') })
  })
})

describe('a worker that is too slow', () => {
  it('fails that message, dies with the others, and is replaced', async () => {
    const body =
      'if (m.key === "slow") console.log("thinking"); else if (m.key === "other") console.error("other"); else answer(m.id)'
    await using it = await worker(body, { concurrency: 2, timeoutMs: 3_000 })
    // Whatever a busy machine needs to start a process is not the matter here.
    expect(await it.handle(numbered(0))).toEqual(DONE)
    const slow = it.handle(numbered(1, { key: Buffer.from('slow') }))
    await until(() => it.told.stderr.length > 0)
    await new Promise(resolve => setTimeout(resolve, 100))
    const other = it.handle(numbered(2, { key: Buffer.from('other') }))
    const reason = 'no answer within 3 s (it wrote "thinking", which is no answer)'
    expect(await slow).toEqual({ kind: 'failed', reason })
    expect(await other).toMatchObject({ kind: 'died' })
    expect(await it.handle(numbered(3))).toEqual(DONE)
  })

  it('is killed where it ignores SIGTERM', async () => {
    const command = 'trap "" TERM; while :; do sleep 0.1; done'
    await using it = await opened({ kind: 'worker', command }, { timeoutMs: 200 })
    expect(await it.handle()).toEqual({ kind: 'failed', reason: 'no answer within 200 ms' })
  })

  it('is killed at once when everything is given up', async () => {
    await using it = await worker('')
    const hard = new AbortController()
    const outcome = it.handle(message(), 1, hard.signal)
    hard.abort()
    expect((await outcome).kind).toBe('died')
    expect((await it.handle()).kind).toBe('died')
  })
})

describe('a worker that does not read', () => {
  it('gets no more than what its input holds; the others go on', async () => {
    const asleep = join(scratch(), 'asleep')
    const awake = `exec '${process.execPath}' '${join(process.cwd(), 'examples/handlers/worker.mjs')}'`
    const command = `if mkdir ${asleep}; then exec sleep 60; else ${awake}; fi 2>/dev/null`
    await using it = await opened({ kind: 'worker', command }, { workers: 2, concurrency: 8 })
    const hard = new AbortController()
    const value = Buffer.alloc(1_000_000, 'x')
    const kinds: string[] = []
    const all = Array.from({ length: 12 }, async (_, mark) => {
      kinds.push((await it.handle(numbered(mark, { value }), 1, hard.signal)).kind)
    })
    await until(() => kinds.length === 11)
    hard.abort()
    await Promise.all(all)
    expect(kinds).toEqual([...Array(11).fill('done'), 'died'])
  })
})

describe('the end', () => {
  it('closes the input and lets a worker finish', async () => {
    const file = join(scratch(), 'end')
    const it = await opened({ kind: 'worker', command: `cat > /dev/null; sleep 0.3; echo finished > ${file}` })
    await it[Symbol.asyncDispose]()
    expect(readFileSync(file, 'utf8')).toBe('finished\n')
  })
})
