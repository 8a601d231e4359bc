import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dockerRunner, prepareImage } from '../../../../src/lab/mysql/docker.js'
import { fakeDocker } from '../fake-docker.js'
import { aMysqlState } from './a-mysql-state.js'

const { folder, commands, touch } = fakeDocker('ERROR: no space')
const NAME = 'spillway-lab-mysql-night'

it('pulls the image only where it is missing', async () => {
  const said: string[] = []
  await prepareImage(line => said.push(line))
  await touch('image')
  await prepareImage(line => said.push(line))
  expect(said).toEqual(['pulling mariadb:10.11'])
})

it('runs the server with its port on 127.0.0.1, and gives it the password by a file alone', async () => {
  const state = aMysqlState({ config: { sync_binlog: '0' } }, { source: 'docker' })
  await dockerRunner.prepare(folder(), state, 'hunter2')
  expect(await dockerRunner.start(folder(), state)).toEqual({ container: NAME })
  const line = ((await commands())[0] ?? '').replaceAll('\t', ' ').trim()
  expect(line).toBe(
    [
      `run --detach --name ${NAME} --publish 127.0.0.1:100:3306 --volume ${folder()}/password:/run/spillway-password:ro`,
      '--env MARIADB_DATABASE=lab --env MARIADB_ROOT_HOST=%',
      '--env MARIADB_ROOT_PASSWORD_FILE=/run/spillway-password mariadb:10.11 --sync_binlog=0',
    ].join(' '),
  )
  expect(await readFile(join(folder(), 'password'), 'utf8')).toBe('hunter2')
  expect((await stat(join(folder(), 'password'))).mode & 0o777).toBe(0o600)
})

it('starts a stopped container again instead of making another, and tells in Docker’s words why it could not', async () => {
  const stopped = aMysqlState({}, { source: 'docker', container: NAME })
  await expect(dockerRunner.start(folder(), stopped)).rejects.toMatchObject({
    message: `Docker could not start ${NAME}`,
    details: [{ at: 'docker', message: 'no such container' }],
  })
})

it('signals only a container that runs, and removes it with its data', async () => {
  const known = aMysqlState({}, { source: 'docker', container: NAME })
  expect(await dockerRunner.signal(known, 'SIGQUIT')).toBe(false)
  await touch('running')
  expect(await dockerRunner.signal(known, 'SIGQUIT')).toBe(true)
  expect((await commands()).at(-1)).toBe(`kill\t--signal\tQUIT\t${NAME}`)
  expect(await dockerRunner.tail(folder(), known)).toEqual(['ERROR: no space'])
  await dockerRunner.cleanUp(known)
  expect((await commands()).at(-1)).toBe(`rm\t--force\t--volumes\t${NAME}`)
})
