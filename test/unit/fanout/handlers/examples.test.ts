import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { message, numbered, opened } from './given.js'

const ROOT = new URL('../../../..', import.meta.url).pathname
const FOLDER = join(ROOT, 'examples/handlers')
const DONE = { kind: 'done' }
const said = { kind: 'failed', reason: 'no value' }

/** Go is no need of Spillway's; where it is there, its worker runs too. */
const go = spawnSync('go', ['version']).status === 0 ? [['Go', 'go run worker.go']] : []

describe.each([
  ['Python', 'exec python3 worker.py'],
  ['Java', 'exec java Worker.java'],
  ['the shell', 'exec ./worker.sh'],
  ['Node', 'exec node worker.mjs'],
  ...go,
])('the worker in %s', (_, command = '') => {
  it('answers each message, whatever its id, and says what went wrong', async () => {
    await using it = await opened({ kind: 'worker', command }, { cwd: FOLDER, concurrency: 8 })
    const marks = Array.from({ length: 40 }, (_, mark) => mark)
    expect(await Promise.all(marks.map(mark => it.handle(numbered(mark))))).toEqual(marks.map(() => DONE))
    expect(await it.handle(message({ value: null }))).toEqual(said)
    const odd = { id: 'a"b\\c,"key":\n日本', key: Buffer.from('"value":null,"headers":') }
    expect(await it.handle(message(odd))).toEqual(DONE)
    expect(await it.handle(message({ ...odd, value: null }))).toEqual(said)
    expect(it.told.stderr).toEqual([])
  })
})

describe('the other examples', () => {
  it('run as a command', async () => {
    await using it = await opened({ kind: 'exec', command: './handle.sh' }, { cwd: FOLDER })
    expect(await it.handle()).toEqual(DONE)
    expect(await it.handle(message({ value: null }))).toEqual(said)
    expect(await it.handle(message({ value: Buffer.from('busy') }))).toEqual({
      kind: 'later',
      reason: 'the service is busy',
    })
  })

  it('run as a module', async () => {
    await using it = await opened({ kind: 'module', file: 'module.mjs' }, { cwd: FOLDER })
    expect(await it.handle()).toEqual(DONE)
    expect(await it.handle(message({ value: null }))).toEqual({ kind: 'refused', reason: 'no value' })
    expect(await it.handle(message({ value: Buffer.from('{"busy":true}') }))).toMatchObject({ kind: 'later' })
    expect(await it.handle(message({ value: Buffer.from('{') }))).toMatchObject({ kind: 'failed' })
  })

  it('run as a module in batches', async () => {
    await using it = await opened({ kind: 'module', file: 'batch.mjs' }, { cwd: FOLDER, concurrency: 3 })
    const given = [numbered(1), numbered(2, { value: null }), numbered(3)]
    const outcomes = await Promise.all(given.map(each => it.handle(each)))
    expect(outcomes).toEqual([DONE, { kind: 'refused', reason: 'no value' }, DONE])
  })
})

it.each(readdirSync(FOLDER))('docs/handlers.md shows %s as it is', name => {
  expect(readFileSync(join(ROOT, 'docs/handlers.md'), 'utf8')).toContain(readFileSync(join(FOLDER, name), 'utf8'))
})
