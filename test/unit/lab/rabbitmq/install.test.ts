import { readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { ensureRabbit } from '../../../../src/lab/rabbitmq/install.js'
import { bareMachine } from '../bare-machine.js'

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
const { inBox, program, commands } = bareMachine(APT, ['sh', 'chmod'])
const policy = () => inBox('policy-rc.d')
const ensure = (machine: { root: boolean; debian: boolean }) => {
  const said: string[] = []
  const on = { ...machine, policy: policy(), bin: inBox('nowhere') }
  return ensureRabbit(inBox('install.lock'), line => said.push(line), on).then(folder => ({ said, folder }))
}

it('installs as root on Debian, says so, starts no service, and leaves the policy as it was', async () => {
  const first = await ensure({ root: true, debian: true })
  expect(first).toEqual({
    said: ['installing rabbitmq-server by apt-get, because this machine has none'],
    folder: inBox(),
  })
  expect(await commands()).toEqual(['update', 'install -y --no-install-recommends rabbitmq-server', 'policy 101'])
  await expect(readFile(policy())).rejects.toThrow('ENOENT')
  expect(await ensure({ root: true, debian: true })).toEqual({ said: [], folder: inBox() })
})

it('puts a policy of the machine’s own back, also when the installation fails', async () => {
  await program('policy-rc.d', '#!/bin/sh\nexit 104\n')
  await writeFile(inBox('broken'), '')
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
