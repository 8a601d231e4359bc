import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { dockerRunner, prepareImage } from '../../../../src/lab/postgres/docker.js'
import { aPostgresState } from './a-postgres-state.js'

// Stands for the docker client: records its command line, and answers as an engine with one stopped or running container.
const FAKE = `#!/bin/sh
for word in "$@"; do printf '%s\\t' "$word" >> "$FAKE_DOCKER/argv"; done
echo >> "$FAKE_DOCKER/argv"
case "$1 $2" in
  "image inspect") test -e "$FAKE_DOCKER/image" ;;
  "inspect --format") test -e "$FAKE_DOCKER/running" && echo true || echo false ;;
  "logs --tail") echo 'FATAL: no space' ;;
  "start "*) echo 'no such container' >&2; exit 1 ;;
esac
`
const PATH = process.env.PATH
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fake-docker-'))
  await writeFile(join(folder, 'docker'), FAKE)
  await chmod(join(folder, 'docker'), 0o755)
  process.env.PATH = `${folder}:${PATH}`
  process.env.FAKE_DOCKER = folder
})
afterEach(async () => {
  process.env.PATH = PATH
  await rm(folder, { recursive: true })
})

const commands = async () => (await readFile(join(folder, 'argv'), 'utf8')).trim().split('\t\n')
const touch = (name: string) => writeFile(join(folder, name), '')
const NAME = 'spillway-lab-postgres-night'

it('pulls the image only where it is missing', async () => {
  const said: string[] = []
  await prepareImage(line => said.push(line))
  await touch('image')
  await prepareImage(line => said.push(line))
  expect(said).toEqual(['pulling postgres:17'])
})

it('runs the server with its port on 127.0.0.1, and gives it the password by a file alone', async () => {
  const state = aPostgresState({ config: { fsync: 'off' } }, { source: 'docker' })
  await dockerRunner.prepare(folder, state, 'hunter2')
  expect(await dockerRunner.start(folder, state)).toEqual({ container: NAME })
  const line = ((await commands())[0] ?? '').replaceAll('\t', ' ').trim()
  expect(line).toBe(
    [
      `run --detach --name ${NAME} --publish 127.0.0.1:100:5432 --volume ${folder}/password:/run/spillway-password:ro`,
      '--env POSTGRES_USER=postgres --env POSTGRES_DB=postgres',
      '--env POSTGRES_PASSWORD_FILE=/run/spillway-password postgres:17 -c fsync=off',
    ].join(' '),
  )
  expect(await readFile(join(folder, 'password'), 'utf8')).toBe('hunter2')
  expect((await stat(join(folder, 'password'))).mode & 0o777).toBe(0o600)
})

it('starts a stopped container again instead of making another, and tells in Docker’s words why it could not', async () => {
  const stopped = aPostgresState({}, { source: 'docker', container: NAME })
  await expect(dockerRunner.start(folder, stopped)).rejects.toMatchObject({
    message: `Docker could not start ${NAME}`,
    details: [{ at: 'docker', message: 'no such container' }],
  })
})

it('signals only a container that runs, and removes it with its data', async () => {
  const known = aPostgresState({}, { source: 'docker', container: NAME })
  expect(await dockerRunner.signal(known, 'SIGQUIT')).toBe(false)
  await touch('running')
  expect(await dockerRunner.signal(known, 'SIGQUIT')).toBe(true)
  expect((await commands()).at(-1)).toBe(`kill\t--signal\tQUIT\t${NAME}`)
  expect(await dockerRunner.tail(folder, known)).toEqual(['FATAL: no space'])
  await dockerRunner.cleanUp(known)
  expect((await commands()).at(-1)).toBe(`rm\t--force\t--volumes\t${NAME}`)
})
