import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { dockerRunner, isEngineRunning, prepareEngine } from '../../../../src/lab/kafka/docker.js'
import { aState } from './a-state.js'

// Stands for the docker client: records its command line, and answers as an engine with one stopped or running container.
const FAKE = `#!/bin/sh
for word in "$@"; do printf '%s\\t' "$word" >> "$FAKE_DOCKER/argv"; done
echo >> "$FAKE_DOCKER/argv"
case "$1 $2" in
  "image inspect") test -e "$FAKE_DOCKER/image" ;;
  "inspect --format") test -e "$FAKE_DOCKER/running" && echo true || echo false ;;
  "version --format") test -e "$FAKE_DOCKER/engine" && echo 28.0 || { echo 'Cannot connect to the Docker daemon' >&2; exit 1; } ;;
  "logs --tail") echo 'FATAL out of memory' ;;
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
const [node = { id: 1, client: 0, internal: 0, controller: 0 }] = aState().nodes

it('believes in an engine only when its server answers', async () => {
  expect(await isEngineRunning()).toBe(false)
  await touch('engine')
  expect(await isEngineRunning()).toBe(true)
})

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
  await dockerRunner.prepare(folder, state, node)
  expect(await dockerRunner.start(folder, state, node)).toEqual({ container: 'spillway-lab-night-1' })
  const words = (await commands())[0]?.split('\t') ?? []
  expect(words.slice(0, 4)).toEqual(['run', '--detach', '--name', 'spillway-lab-night-1'])
  expect(words.join(' ')).toContain('--publish 127.0.0.1:100:100 --publish 127.0.0.1:101:101')
  expect(words).toContain('KAFKA_HEAP_OPTS=-Xmx1g')
  expect(words.at(-1)).toContain("--add-scram 'SCRAM-SHA-256=[name=admin,password=admin-secret]'")
  expect(words.at(-1)).toMatch(
    /^\/opt\/kafka\/bin\/kafka-storage\.sh format .* && exec \/opt\/kafka\/bin\/kafka-server-start/,
  )
  const properties = await readFile(join(folder, 'node-1', 'server.properties'), 'utf8')
  expect(properties).toContain('listeners=CLIENT://0.0.0.0:100,')
  expect(properties).toContain('advertised.listeners=CLIENT://127.0.0.1:100,INTERNAL://spillway-lab-night-1:101')
})

it('starts a stopped container again instead of making another, and tells in Docker’s words why it could not', async () => {
  const stopped = { ...node, container: 'spillway-lab-night-1' }
  await expect(dockerRunner.start(folder, aState(), stopped)).rejects.toMatchObject({
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
  expect(await dockerRunner.tail(folder, known)).toEqual(['FATAL out of memory'])
})
