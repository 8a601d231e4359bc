import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dockerRunner, prepareImage } from '../../../../src/lab/rabbitmq/docker.js'
import { fakeDocker } from '../fake-docker.js'
import { aRabbitState } from './a-rabbit-state.js'

const { folder, commands, touch } = fakeDocker('BOOT FAILED')
const NAME = 'spillway-lab-rabbitmq-night'

it('pulls the image only where it is missing', async () => {
  const said: string[] = []
  await prepareImage(line => said.push(line))
  await touch('image')
  await prepareImage(line => said.push(line))
  expect(said).toEqual(['pulling rabbitmq:4.1-management'])
  expect((await commands()).map(line => line.replaceAll('\t', ' ').trim())).toEqual([
    'image inspect rabbitmq:4.1-management',
    'pull --quiet rabbitmq:4.1-management',
    'image inspect rabbitmq:4.1-management',
  ])
})

it('runs the node under a fixed host name, with its ports on 127.0.0.1 and its configuration read-only', async () => {
  const state = aRabbitState({ tls: true, config: { consumer_timeout: '5000' } }, { source: 'docker' })
  await dockerRunner.prepare(folder(), state)
  expect(await dockerRunner.start(folder(), state)).toEqual({ container: NAME })
  const line = ((await commands())[0] ?? '').replaceAll('\t', ' ')
  expect(line).toMatch(new RegExp(`^run --detach --name ${NAME} --hostname ${NAME} `))
  expect(line).toContain('--publish 127.0.0.1:100:100 --publish 127.0.0.1:101:101')
  expect(line).toContain(`--volume ${folder()}/rabbitmq.conf:/etc/rabbitmq/conf.d/90-lab.conf:ro`)
  expect(line).toContain(`--volume ${folder()}/tls:/etc/rabbitmq/tls:ro`)
  const config = await readFile(join(folder(), 'rabbitmq.conf'), 'utf8')
  expect(config).toContain('listeners.ssl.1 = 0.0.0.0:100')
  expect(config).toContain('ssl_options.keyfile = /etc/rabbitmq/tls/broker.pem')
  expect(config).toContain('consumer_timeout = 5000')
})

it('starts a stopped container again instead of making another, and tells in Docker’s words why it could not', async () => {
  const stopped = aRabbitState({}, { source: 'docker', container: NAME })
  await expect(dockerRunner.start(folder(), stopped)).rejects.toMatchObject({
    message: `Docker could not start ${NAME}`,
    details: [{ at: 'docker', message: 'no such container' }],
  })
})

it('signals only a container that runs, and runs rabbitmqctl in it', async () => {
  const known = aRabbitState({}, { source: 'docker', container: NAME })
  expect(await dockerRunner.signal(known, 'SIGKILL')).toBe(false)
  await touch('running')
  expect(await dockerRunner.signal(known, 'SIGKILL')).toBe(true)
  expect((await commands()).at(-1)).toBe(`kill\t--signal\tKILL\t${NAME}`)
  expect(await dockerRunner.tail(folder(), known)).toEqual(['BOOT FAILED'])
  expect(await dockerRunner.ctl(folder(), known, ['list_queues'])).toBe('ok\n')
  expect((await commands()).at(-1)).toBe(`exec\t${NAME}\trabbitmqctl\t--quiet\tlist_queues`)
})
