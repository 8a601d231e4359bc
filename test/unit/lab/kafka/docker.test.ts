import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { dockerRunner, prepareEngine } from '../../../../src/lab/kafka/docker.js'
import { fakeDocker } from '../fake-docker.js'
import { aState } from './a-state.js'

const { folder, commands, touch } = fakeDocker('FATAL out of memory')
const [node = { id: 1, client: 0, internal: 0, controller: 0 }] = aState().nodes

it('pulls the image only where it is missing, and makes a network for the lab', async () => {
  const said: string[] = []
  await prepareEngine(aState(), line => said.push(line))
  await touch('image')
  await prepareEngine(aState(), line => said.push(line))
  expect(said).toEqual(['pulling apache/kafka:4.1.2'])
  const lines = (await commands()).map(line => line.replaceAll('\t', ' ').trim())
  expect(lines).toEqual([
    'image inspect apache/kafka:4.1.2',
    'pull --quiet apache/kafka:4.1.2',
    'network create spillway-lab-night',
    'image inspect apache/kafka:4.1.2',
    'network create spillway-lab-night',
  ])
})

it('runs a broker with its ports on 127.0.0.1 and its SCRAM users formatted in', async () => {
  const state = aState({ sasl: 'scram-sha-256', heap: '1g' })
  await dockerRunner.prepare(folder(), state, node)
  expect(await dockerRunner.start(folder(), state, node)).toEqual({ container: 'spillway-lab-night-1' })
  const words = (await commands())[0]?.split('\t') ?? []
  expect(words.slice(0, 4)).toEqual(['run', '--detach', '--name', 'spillway-lab-night-1'])
  expect(words.join(' ')).toContain('--publish 127.0.0.1:100:100 --publish 127.0.0.1:101:101')
  expect(words).toContain('KAFKA_HEAP_OPTS=-Xmx1g')
  expect(words.at(-1)).toContain("--add-scram 'SCRAM-SHA-256=[name=admin,password=admin-secret]'")
  expect(words.at(-1)).toMatch(
    /^\/opt\/kafka\/bin\/kafka-storage\.sh format .* && exec \/opt\/kafka\/bin\/kafka-server-start/,
  )
  const properties = await readFile(join(folder(), 'node-1', 'server.properties'), 'utf8')
  expect(properties).toContain('listeners=CLIENT://0.0.0.0:100,')
  expect(properties).toContain('advertised.listeners=CLIENT://127.0.0.1:100,INTERNAL://spillway-lab-night-1:101')
})

it('starts a stopped container again instead of making another, and tells in Docker’s words why it could not', async () => {
  const stopped = { ...node, container: 'spillway-lab-night-1' }
  await expect(dockerRunner.start(folder(), aState(), stopped)).rejects.toMatchObject({
    message: 'Docker could not start spillway-lab-night-1',
    details: [{ at: 'docker', message: 'no such container' }],
  })
})

it('signals only a container that runs', async () => {
  const known = { ...node, container: 'spillway-lab-night-1' }
  expect(await dockerRunner.signal(known, 'SIGKILL')).toBe(false)
  await touch('running')
  expect(await dockerRunner.signal(known, 'SIGKILL')).toBe(true)
  expect((await commands()).at(-1)).toBe('kill\t--signal\tKILL\tspillway-lab-night-1')
  expect(await dockerRunner.tail(folder(), known)).toEqual(['FATAL out of memory'])
})
