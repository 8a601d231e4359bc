import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Message } from '../../../../src/core/message.js'
import type { HandlerOptions } from '../../../../src/fanout/handlers/options.js'
import { message, opened, until } from './given.js'

const DONE = { kind: 'done' }

async function run(command: string, given: Message = message(), fields: Partial<HandlerOptions> = {}, attempt = 1) {
  await using exec = await opened({ kind: 'exec', command }, fields)
  return { outcome: await exec.handle(given, attempt), told: exec.told }
}

/** What a command printed, line by line. */
const printed = async (command: string, given?: Message, fields?: Partial<HandlerOptions>, attempt?: number) => {
  const { outcome, told } = await run(command, given, fields, attempt)
  expect(outcome).toEqual(DONE)
  await until(() => told.output.length > 0)
  return told.output
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

describe('the environment and input of a command', () => {
  it('gives the value on standard input, byte by byte', async () => {
    expect(await printed('od -An -tx1', message({ value: Buffer.from([0, 255, 10, 13]) }))).toEqual([' 00 ff 0a 0d'])
  })

  it('gives id, key, origin and attempt', async () => {
    const lines = await printed(
      'echo "$SPILLWAY_ID|$SPILLWAY_KEY|$SPILLWAY_ORIGIN|$SPILLWAY_ATTEMPT|${SPILLWAY_NULL-unset}"',
      message(),
      {},
      3,
    )
    expect(lines).toEqual(['orders/3/42|customer-7|orders/3/42|3|unset'])
  })

  it('leaves a null key unset, an empty one empty, and marks a null value', async () => {
    const show = 'echo "${SPILLWAY_KEY-unset}|${SPILLWAY_NULL-unset}|$(wc -c)"'
    expect(await printed(show, message({ key: null, value: null }))).toEqual(['unset|1|0'])
    expect(await printed(show, message({ key: Buffer.alloc(0), value: Buffer.alloc(0) }))).toEqual(['|unset|0'])
  })

  it('does not hand down what the environment of Spillway says of another message', async () => {
    const env = { ...process.env, SPILLWAY_KEY: 'old', SPILLWAY_NULL: '1', SPILLWAY_HEADER_A: 'old' }
    const show = 'echo "${SPILLWAY_KEY-unset}|${SPILLWAY_NULL-unset}|${SPILLWAY_HEADER_A-unset}"'
    expect(await printed(show, message({ key: null }), { env })).toEqual(['unset|unset|unset'])
  })

  it('gives bytes that are no UTF-8, or hold a NUL, as base64', async () => {
    const show = 'echo "${SPILLWAY_KEY-unset}|$SPILLWAY_KEY_BASE64"'
    expect(await printed(show, message({ key: Buffer.from([255, 1]) }))).toEqual(['unset|/wE='])
    expect(await printed(show, message({ key: Buffer.from('a\0b') }))).toEqual(['unset|YQBi'])
  })

  it('names headers in upper case, with _ for other characters, the last duplicate winning', async () => {
    const headers = [
      ['trace-id', Buffer.from('1')],
      ['trace-id', Buffer.from('2')],
      ['größe', Buffer.from('x=1')],
      [Buffer.from([255, 65]), Buffer.from('bytes')],
    ] as const
    const lines = await printed('env | grep ^SPILLWAY_HEADER | sort', message({ headers }))
    expect(lines).toEqual(['SPILLWAY_HEADER_GR__E=x=1', 'SPILLWAY_HEADER_TRACE_ID=2', 'SPILLWAY_HEADER__A=bytes'])
  })

  it('lets the last duplicate win in whichever form it comes; a null one unsets', async () => {
    const headers = [
      ['a', Buffer.from('text')],
      ['a', Buffer.from([255])],
      ['b', Buffer.from([255])],
      ['b', Buffer.from('text')],
      ['c', Buffer.from('text')],
      ['c', null],
    ] as const
    const lines = await printed('env | grep ^SPILLWAY_HEADER | sort', message({ headers }))
    expect(lines).toEqual(['SPILLWAY_HEADER_A_BASE64=/w==', 'SPILLWAY_HEADER_B=text'])
  })

  it('keeps the rest of the environment, but for the secrets of Spillway itself', async () => {
    const env = { PATH: process.env.PATH, SPILLWAY_PASSWORD: 'secret', SPILLWAY_HTTP_LOGIN: 'a:b', PGPASSWORD: 'kept' }
    expect(
      await printed('echo "${SPILLWAY_PASSWORD-unset}|${SPILLWAY_HTTP_LOGIN-unset}|$PGPASSWORD"', message(), { env }),
    ).toEqual(['unset|unset|kept'])
  })

  it('runs in the given folder', async () => {
    expect(await printed('pwd', message(), { cwd: '/' })).toEqual(['/'])
  })
})

describe('how a command ends', () => {
  it('is done at 0, even where it did not read its input', async () => {
    const { outcome } = await run('exec true', message({ value: Buffer.alloc(4_000_000) }))
    expect(outcome).toEqual(DONE)
  })

  it('is tried later at 75, without counting', async () => {
    expect((await run('echo busy >&2; exit 75')).outcome).toEqual({ kind: 'later', reason: 'busy' })
  })

  it('fails at any other code with the last of its standard error', async () => {
    const { outcome } = await run("printf 'first\\n\\033[31mno such\\torder\\033[0m\\n\\n' >&2; exit 1")
    expect(outcome).toEqual({ kind: 'failed', reason: 'no such order' })
  })

  it('names the code or the signal where it said nothing', async () => {
    expect((await run('exit 3')).outcome).toEqual({ kind: 'failed', reason: 'exit code 3' })
    expect((await run('kill -KILL $$')).outcome).toEqual({ kind: 'failed', reason: 'killed by SIGKILL' })
  })

  it('cuts a long reason to 500 characters, whatever was printed before', async () => {
    const { outcome } = await run('yes noise | head -c 3000000 >&2; printf "%01000d" 7 >&2; exit 1')
    expect(outcome).toEqual({ kind: 'failed', reason: '0'.repeat(500) })
  })

  it('does not wait for what it left running in the background', async () => {
    const started = Date.now()
    expect((await run('sleep 5 & exit 1')).outcome).toEqual({ kind: 'failed', reason: 'exit code 1' })
    expect(Date.now() - started).toBeLessThan(4_000)
  })

  it('refuses headers that do not fit into an environment', async () => {
    const { outcome } = await run('true', message({ headers: [['big', Buffer.alloc(3_000_000, 'x')]] }))
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('E2BIG') })
  })

  it('ends the run where the first command is not there, and parks nothing', async () => {
    await expect(run('/no/such/handler.sh')).rejects.toMatchObject({ code: 'handler', exitCode: 2 })
    const file = join(mkdtempSync(join(tmpdir(), 'spillway-exec-')), 'handle.sh')
    writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 })
    await expect(run(file)).rejects.toMatchObject({ code: 'handler' })
  })

  it('counts 127 as a failure once a command of the run has worked', async () => {
    await using exec = await opened({ kind: 'exec', command: 'exit "$SPILLWAY_KEY"' })
    expect(await exec.handle(message({ key: Buffer.from('0') }))).toEqual(DONE)
    expect(await exec.handle(message({ key: Buffer.from('127') }))).toEqual({ kind: 'failed', reason: 'exit code 127' })
  })

  it('ends the run where the folder is gone', async () => {
    await expect(run('true', message(), { cwd: '/no/such/folder' })).rejects.toMatchObject({ code: 'handler' })
  })
})

describe('a command that takes too long', () => {
  it('is ended with everything that it started', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'spillway-exec-')), 'pid')
    const { outcome } = await run(`sleep 60 & echo $! > ${file}; wait`, message(), { timeoutMs: 1_500 })
    expect(outcome).toEqual({ kind: 'failed', reason: 'no end within 1.5 s' })
    await until(() => !alive(Number(readFileSync(file, 'utf8'))))
  })

  it('is killed where it ignores SIGTERM', async () => {
    const started = Date.now()
    const { outcome } = await run('trap "" TERM; while :; do sleep 0.1; done', message(), { timeoutMs: 200 })
    expect(outcome.kind).toBe('failed')
    expect(Date.now() - started).toBeGreaterThan(2_000)
  })

  it('is killed at once when everything is given up', async () => {
    await using exec = await opened({ kind: 'exec', command: 'trap "" TERM; echo up; while :; do sleep 0.1; done' })
    const hard = new AbortController()
    const outcome = exec.handle(message(), 1, hard.signal)
    await until(() => exec.told.output.includes('up'))
    hard.abort()
    expect(await outcome).toEqual({ kind: 'failed', reason: 'killed by SIGKILL' })
  })
})

it('runs as many commands at once as there are workers, whatever the concurrency', async () => {
  await using exec = await opened({ kind: 'exec', command: 'true' }, { workers: 4, concurrency: 16 })
  expect(exec.handler.slots).toBe(4)
})

it('drops what commands print where nobody asked for it', async () => {
  const { told } = await run('echo noise; echo noise >&2', message(), { output: undefined as never })
  expect(told).toEqual({ stderr: [], output: [] })
})
