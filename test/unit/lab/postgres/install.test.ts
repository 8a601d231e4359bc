import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { ensurePostgres, findPostgres } from '../../../../src/lab/postgres/install.js'
import { bareMachine } from '../bare-machine.js'

// Stands for apt-get: records its command line and, while it installs, whether services start and a cluster would be made.
const APT = `#!/bin/sh
echo "$@" >> "$BOX/argv"
case "$*" in
  *postgresql-common) echo "#create_main_cluster = true" > "$BOX/createcluster.conf" ;;
  *postgresql) "$BOX/policy-rc.d" postgresql start; echo "policy $?" >> "$BOX/argv"
    tail -n 1 "$BOX/createcluster.conf" >> "$BOX/argv"
    test -e "$BOX/broken" && { echo 'E: no space' >&2; exit 100; }
    mkdir -p "$BOX/releases/15/bin"
    for name in postgres initdb; do echo '#!/bin/sh' > "$BOX/releases/15/bin/$name"; chmod +x "$BOX/releases/15/bin/$name"; done ;;
esac
exit 0
`
const { inBox, program, commands } = bareMachine(APT, ['sh', 'chmod', 'tail', 'mkdir'])
const machine = (over: { root: boolean; debian: boolean }) => ({
  ...over,
  policy: inBox('policy-rc.d'),
  releases: inBox('releases'),
  clusters: inBox('createcluster.conf'),
})
const ensure = (over: { root: boolean; debian: boolean }) => {
  const said: string[] = []
  const lock = inBox('install.lock')
  return ensurePostgres(lock, line => said.push(line), machine(over)).then(folder => ({ said, folder }))
}
const clusters = () => readFile(inBox('createcluster.conf'), 'utf8')

it('installs as root on Debian, says so, starts no service, makes no cluster, and leaves the settings as they were', async () => {
  expect(await ensure({ root: true, debian: true })).toEqual({
    said: ['installing postgresql by apt-get, because this machine has none'],
    folder: inBox('releases/15/bin'),
  })
  expect(await commands()).toEqual([
    'update',
    'install -y --no-install-recommends postgresql-common',
    'install -y --no-install-recommends postgresql',
    'policy 101',
    'create_main_cluster = false',
  ])
  expect(await clusters()).toBe('#create_main_cluster = true\n')
  await expect(readFile(inBox('policy-rc.d'))).rejects.toThrow('ENOENT')
  expect((await ensure({ root: true, debian: true })).said).toEqual([])
})

it('puts the settings back also when the installation fails', async () => {
  await writeFile(inBox('broken'), '')
  await expect(ensure({ root: true, debian: true })).rejects.toMatchObject({
    exitCode: 2,
    details: [{ at: 'apt-get', message: 'E: no space' }],
  })
  expect(await clusters()).toBe('#create_main_cluster = true\n')
})

it.each([
  { root: false, debian: true },
  { root: true, debian: false },
])('installs nothing where it may not (%j), and says what to do', async over => {
  await expect(ensure(over)).rejects.toMatchObject({
    exitCode: 2,
    hint: 'Install PostgreSQL, or start Docker, or set SPILLWAY_POSTGRES_URL to a PostgreSQL that is there.',
  })
  await expect(commands()).rejects.toThrow('ENOENT')
})

it('takes the newest of Debian’s releases, and rather what stands on PATH, whole', async () => {
  for (const version of ['9', '15', 'lib']) {
    const folder = inBox('releases', version, 'bin')
    await mkdir(folder, { recursive: true })
    for (const name of ['postgres', 'initdb']) await program(`releases/${version}/bin/${name}`, '')
  }
  await program('postgres', '')
  expect(await findPostgres(machine({ root: true, debian: true }))).toBe(inBox('releases/15/bin'))
  await program('initdb', '')
  expect(await findPostgres(machine({ root: true, debian: true }))).toBe(inBox())
})
