import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dockerRunner, prepareImage } from '../../../../src/lab/postgres/docker.js'
import { fakeDocker } from '../fake-docker.js'
import { aPostgresState } from './a-postgres-state.js'

const { folder, commands, touch } = fakeDocker('FATAL: no space')
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
  await dockerRunner.prepare(folder(), state, 'hunter2')
  expect(await dockerRunner.start(folder(), state)).toEqual({ container: NAME })
  const line = ((await commands())[0] ?? '').replaceAll('\t', ' ').trim()
  expect(line).toBe(
    [
      `run --detach --name ${NAME} --publish 127.0.0.1:100:5432 --volume ${folder()}/password:/run/spillway-password:ro`,
      '--env POSTGRES_USER=postgres --env POSTGRES_DB=postgres',
      '--env POSTGRES_PASSWORD_FILE=/run/spillway-password postgres:17 -c fsync=off',
    ].join(' '),
  )
  expect(await readFile(join(folder(), 'password'), 'utf8')).toBe('hunter2')
  expect((await stat(join(folder(), 'password'))).mode & 0o777).toBe(0o600)
})

it('starts a stopped container again instead of making another, and tells in Docker’s words why it could not', async () => {
  const stopped = aPostgresState({}, { source: 'docker', container: NAME })
  await expect(dockerRunner.start(folder(), stopped)).rejects.toMatchObject({
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
  expect(await dockerRunner.tail(folder(), known)).toEqual(['FATAL: no space'])
  await dockerRunner.cleanUp(known)
  expect((await commands()).at(-1)).toBe(`rm\t--force\t--volumes\t${NAME}`)
})
