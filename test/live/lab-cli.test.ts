import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { labHome } from '../../src/lab/home.js'
import type { LabReport } from '../../src/lab/report.js'
import { spillway } from './kafka-lab.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-cli-'))
  await symlink(join(labHome(process.env), 'jars'), join(folder, 'jars'))
})
afterAll(async () => {
  await lab('down')
  await rm(folder, { recursive: true })
})

const lab = (...args: string[]) =>
  spillway(['lab', ...args, '--output', 'json'], { env: { SPILLWAY_LAB: folder, DOCKER_HOST: 'tcp://127.0.0.1:1' } })

it('starts once, says so the second time, tells how it is, starts a killed broker again, and takes it down', async () => {
  const up = await lab('up')
  expect(up.code, up.stderr).toBe(0)
  const { kafka } = JSON.parse(up.stdout) as LabReport
  expect(kafka).toMatchObject({ source: 'java', version: '4.1.2', ready: true })

  const again = await lab('up')
  expect(again.stderr).toContain('running already')
  expect(JSON.parse(again.stdout)).toEqual({ name: 'lab', kafka })
  expect(await lab('up', '--brokers', '3')).toMatchObject({ code: 2 })

  process.kill(kafka.nodes[0]?.pid ?? 0, 'SIGKILL')
  const ready = async () => (JSON.parse((await lab('status')).stdout) as LabReport[]).map(each => each.kafka.ready)
  await expect.poll(ready, { timeout: 10_000 }).toEqual([false])
  const revived = JSON.parse((await lab('up')).stdout) as LabReport
  expect(revived.kafka.ready).toBe(true)
  expect(revived.kafka.address).toBe(kafka.address)

  expect(JSON.parse((await lab('down')).stdout)).toEqual({ stopped: ['lab'], left: [] })
  expect(await lab('down')).toMatchObject({ code: 0 })
  expect(JSON.parse((await lab('status')).stdout)).toEqual([])
})

it('fills the Kafka of an address, and takes the one in the environment as the lab', async () => {
  const { url } = inject('kafka41')
  const topic = `filled-${process.pid}`
  const filled = await lab('fill', `${url}/${topic}?group=workers`, '--records', '2000', '--read-share', '0.5')
  expect(filled.code, filled.stderr).toBe(0)
  expect(JSON.parse(filled.stdout)).toMatchObject({ address: `${url}/${topic}?group=workers`, committedRecords: 2000 })
  const env = { SPILLWAY_LAB: folder, SPILLWAY_KAFKA_URL: url }
  const up = await spillway(['lab', 'up', '--output', 'json'], { env })
  expect(JSON.parse(up.stdout)).toMatchObject({ kafka: { source: 'environment', address: url, ready: true } })
})

it('says all that is wrong with a command line, and names the verbs', async () => {
  const wrong = await lab('up', 'kafak', '--brokers', '2', '--acl')
  expect(wrong.code).toBe(2)
  const { error } = JSON.parse(wrong.stdout) as { error: { details: { at: string }[] } }
  expect(error.details.map(each => each.at)).toEqual(['service', '--acl', '--brokers'])
  expect((await lab('upp')).stderr).toContain('Did you mean')
})
