import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ensureRabbit } from '../../../../src/lab/rabbitmq/install.js'

// Stands for apt-get: records its command line and, while it installs, what the policy says of starting services.
const APT = `#!/bin/sh
echo "$@" >> "$BOX/argv"
case "$1" in
  install) "$BOX/policy-rc.d" rabbitmq-server start; echo "policy $?" >> "$BOX/argv"
    test -e "$BOX/broken" && { echo 'E: no space' >&2; exit 100; }
    echo '#!/bin/sh' > "$BOX/rabbitmq-server"; chmod +x "$BOX/rabbitmq-server" ;;
esac
exit 0
`
const { PATH } = process.env
let box: string
beforeEach(async () => {
  box = await mkdtemp(join(tmpdir(), 'bare-'))
  await program('apt-get', APT)
  for (const tool of ['sh', 'chmod']) await symlink(`/bin/${tool}`, join(box, tool))
  Object.assign(process.env, { PATH: box, BOX: box })
})
afterEach(async () => {
  process.env.PATH = PATH
  await rm(box, { recursive: true })
})

const program = async (name: string, text: string) => {
  await writeFile(join(box, name), text)
  await chmod(join(box, name), 0o755)
}
const policy = () => join(box, 'policy-rc.d')
const ensure = (machine: { root: boolean; debian: boolean }) => {
  const said: string[] = []
  const on = { ...machine, policy: policy(), bin: join(box, 'nowhere') }
  return ensureRabbit(join(box, 'install.lock'), line => said.push(line), on).then(folder => ({ said, folder }))
}
const commands = async () => (await readFile(join(box, 'argv'), 'utf8')).trim().split('\n')

it('installs as root on Debian, says so, starts no service, and leaves the policy as it was', async () => {
  const first = await ensure({ root: true, debian: true })
  expect(first).toEqual({
    said: ['installing rabbitmq-server by apt-get, because this machine has none'],
    folder: box,
  })
  expect(await commands()).toEqual(['update', 'install -y --no-install-recommends rabbitmq-server', 'policy 101'])
  await expect(readFile(policy())).rejects.toThrow('ENOENT')
  expect(await ensure({ root: true, debian: true })).toEqual({ said: [], folder: box })
})

it('puts a policy of the machine’s own back, also when the installation fails', async () => {
  await program('policy-rc.d', '#!/bin/sh\nexit 104\n')
  await writeFile(join(box, 'broken'), '')
  await expect(ensure({ root: true, debian: true })).rejects.toMatchObject({
    exitCode: 2,
    details: [{ at: 'apt-get', message: 'E: no space' }],
  })
  expect((await commands()).at(-1)).toBe('policy 101')
  expect(await readFile(policy(), 'utf8')).toBe('#!/bin/sh\nexit 104\n')
})

it.each([
  { root: false, debian: true },
  { root: true, debian: false },
])('installs nothing where it may not (%j), and says what to do', async machine => {
  await expect(ensure(machine)).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining('Install rabbitmq-server, or start Docker, or set SPILLWAY_RABBITMQ_URL'),
  })
  await expect(commands()).rejects.toThrow('ENOENT')
})
