import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const ROOT = new URL('../..', import.meta.url).pathname

// Logs every module that is resolved, from the loader's own thread.
const TRACE = `import { register } from 'node:module'
const hook = \`import { writeSync } from 'node:fs'
export const resolve = async (name, context, next) => {
  const found = await next(name, context)
  writeSync(2, 'loaded ' + found.url + '\\\\n')
  return found
}\`
register('data:text/javascript,' + encodeURIComponent(hook))
`

let folder = ''
let spillway = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'))
  // Built already: other files run what another build would write over.
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT })
  const [archive = ''] = (await readdir(folder)).filter(name => name.endsWith('.tgz'))
  await run('npm', [
    'install',
    '--global',
    '--prefix',
    join(folder, 'prefix'),
    '--no-audit',
    '--no-fund',
    join(folder, archive),
  ])
  spillway = join(folder, 'prefix', 'bin', 'spillway')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the package, installed globally', () => {
  it('runs', async () => {
    expect((await run(spillway, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await run(spillway, ['--help'])).stdout).toContain('survey')
  })

  it('answers with the exit code and the document of the contract', async () => {
    const failed = await run(spillway, ['status', 'no-such-run', '--output', 'json']).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 2, stdout: expect.stringContaining('"error"') })
  })

  it('loads no client library, no schema and no bar to print help', async () => {
    const trace = join(folder, 'trace.mjs')
    await writeFile(trace, TRACE)
    const { stderr } = await run(process.execPath, ['--import', trace, spillway, 'drain', '--help'])
    expect(stderr).toContain('commander')
    expect(stderr).not.toMatch(/node_modules\/(kafkajs|zod|yaml|cli-progress|chalk|snappy|lz4-napi)\//)
  })

  it('prints help with under 150 ms of work', async () => {
    // Processor time, not the clock's: brokers of other tests share this machine.
    const meter = join(folder, 'meter.mjs')
    await writeFile(meter, "process.on('exit', () => console.error(JSON.stringify(process.cpuUsage())))")
    const spent: number[] = []
    for (let i = 0; i < 5; i++) {
      const { stderr } = await run(process.execPath, ['--import', meter, spillway, '--help'])
      const { user, system } = JSON.parse(stderr)
      spent.push((user + system) / 1000)
    }
    expect(Math.min(...spent)).toBeLessThan(150)
  })
})
