import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { labHome } from '../../src/lab/home.js'
import { startKafka } from '../../src/lab/kafka/start.js'
import { type LabState, readStates, writeState } from '../../src/lab/kafka/state.js'
import { isRunning } from '../../src/lab/process.js'

const quiet = () => undefined
let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'lab-'))
  await symlink(join(labHome(process.env), 'jars'), join(home, 'jars'))
})
afterAll(() => rm(home, { recursive: true }))

it('tells the end of the broker’s log when it does not start, and leaves nothing behind', async () => {
  const start = startKafka({ name: 'small', home, heap: '4m', source: 'java' }, quiet)
  await expect(start).rejects.toMatchObject({
    exitCode: 2,
    message: 'Kafka node 1 ended while it started',
    details: expect.arrayContaining([expect.objectContaining({ at: 'broker.log' })]),
  })
  expect(await readStates(home)).toEqual([])
})

it('tells Kafka’s own words about a setting that it does not take', async () => {
  const config = { 'num.network.threads': 'many' }
  await expect(startKafka({ name: 'odd', home, config, source: 'java' }, quiet)).rejects.toMatchObject({
    message: 'Kafka could not format the data folder of node 1',
    details: expect.arrayContaining([
      expect.objectContaining({ message: expect.stringContaining('num.network.threads') }),
    ]),
  })
})

it('gives up a start that is stopped, and ends the broker', async () => {
  const stop = new AbortController()
  let left: LabState[] = []
  const start = startKafka({ name: 'stopped', home, source: 'java', stop: stop.signal }, quiet)
  const outcome = expect(start).rejects.toThrow('enough')
  await expect
    .poll(
      async () => {
        left = await readStates(home)
        return left[0]?.nodes[0]?.process
      },
      { timeout: 60_000, interval: 20 },
    )
    .toBeDefined()
  stop.abort(new Error('enough'))
  await outcome
  expect(await readStates(home)).toEqual([])
  expect(left.flatMap(state => state.nodes).every(node => node.process && !isRunning(node.process))).toBe(true)
})

it('removes the lab of a process that was killed, when the next one starts', async () => {
  const lost = await startKafka({ name: 'lost', home, source: 'java' }, quiet)
  const path = join(lost.dataDir, 'state.json')
  const state = JSON.parse(await readFile(path, 'utf8')) as LabState
  await writeState(lost.dataDir, { ...state, owner: { pid: process.pid, started: 'in another life' } })
  await writeFile(join(home, 'kafka', 'a-file'), 'which is no lab')
  const said: string[] = []
  const next = await startKafka({ name: 'next', home, source: 'java' }, line => said.push(line))
  expect(said).toContain('removing lab lost, whose owner is gone')
  expect((await readStates(home)).map(each => each.options.name)).toEqual(['next'])
  await expect(startKafka({ name: 'next', home, source: 'java' }, quiet)).rejects.toThrow('is there already')
  await next.stop()
})
