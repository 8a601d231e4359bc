import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { labHome } from '../../src/lab/home.js'

const run = promisify(execFile)
const ROOT = new URL('../..', import.meta.url).pathname
const VITEST = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')

let folder = ''
let bin = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'node24-'))
  await writeFile(join(folder, 'package.json'), '{"private":true}')
  await run('npm', ['install', '--no-audit', '--no-fund', 'node@24'], { cwd: folder })
  bin = join(folder, 'node_modules', '.bin')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const onNode24 = (args: readonly string[], signal?: AbortSignal) =>
  run(join(bin, 'node'), args, {
    cwd: ROOT,
    ...(signal === undefined ? {} : { signal }),
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, SPILLWAY_LAB: labHome(process.env) },
    maxBuffer: 1 << 26,
  })

it('is Node 24 that these tests run on', async () => {
  expect((await onNode24(['--version'])).stdout).toMatch(/^v24\./)
})

it('passes the unit tests on Node 24', async ({ signal }) => {
  const { stdout } = await onNode24([VITEST, 'run', '--project', 'unit', '--reporter', 'json'], signal)
  const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { numFailedTests: number; numPassedTests: number }
  expect(report.numFailedTests).toBe(0)
  expect(report.numPassedTests).toBeGreaterThan(1000)
}, 600_000)

it('rehearses on Node 24, without a word from Node itself', async () => {
  const { stdout, stderr } = await onNode24(['bin/spillway.js', 'rehearse', '--records', '50000', '--output', 'json'])
  expect(JSON.parse(stdout)).toMatchObject({ passed: true, records: 50_000 })
  expect(stderr).not.toContain('Warning')
}, 240_000)
