import { expect, it } from 'vitest'
import { isEngineRunning } from '../../../src/lab/docker.js'
import { fakeDocker } from './fake-docker.js'

const { touch } = fakeDocker()

it('believes in an engine only when its server answers', async () => {
  expect(await isEngineRunning()).toBe(false)
  await touch('engine')
  expect(await isEngineRunning()).toBe(true)
})
