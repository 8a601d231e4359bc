import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { aptGet } from '../../../src/lab/apt.js'
import { temporaryFolder } from '../journal/home.js'

// Stands for apt-get while another one holds its lock: busy at the first call, done at the second.
const BUSY_ONCE = `#!/bin/sh
echo "$@" >> "$BOX/calls"
[ "$(wc -l < "$BOX/calls")" -gt 1 ] && exit 0
echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)"
exit 100
`
const BROKEN = '#!/bin/sh\necho "E: no space"\nexit 100\n'

let box = ''
beforeEach(() => {
  box = temporaryFolder()
  vi.stubEnv('BOX', box)
  vi.stubEnv('PATH', `${box}:${process.env.PATH}`)
})
afterEach(() => void vi.unstubAllEnvs())

const standIn = async (script: string) => {
  await writeFile(join(box, 'apt-get'), script)
  await chmod(join(box, 'apt-get'), 0o755)
}

it('asks again while another apt-get holds the lock', async () => {
  await standIn(BUSY_ONCE)
  expect((await aptGet(['update'])).code).toBe(0)
  expect(await readFile(join(box, 'calls'), 'utf8')).toBe('update\nupdate\n')
})

it('does not ask again after any other failure', async () => {
  await standIn(BROKEN)
  expect(await aptGet(['install', 'x'])).toMatchObject({ code: 100, output: 'E: no space\n' })
})
