import { connect } from 'amqplib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RabbitLab } from '../../src/lab/rabbitmq/options.js'
import { runsOf } from './fault-harness.js'
import { spawnSpillway, spillway } from './kafka-lab.js'
import { aHome, bodiesOf, document } from './rabbit-harness.js'
import { alarm, ownRabbit, witness } from './rabbit-lab.js'

const COUNT = 2000
const QUEUE = 'orders'
const GO = ['--execute', '--yes', '--output', 'json']

let lab: RabbitLab
beforeAll(async () => {
  lab = await ownRabbit()
}, 240_000)

/** Fills the queue with messages 0, 1, 2 …, each with its number as its id. */
async function fill(): Promise<void> {
  const model = await connect(lab.url)
  const channel = await model.createConfirmChannel()
  await channel.assertQueue(QUEUE, { durable: true })
  for (let n = 0; n < COUNT; n++)
    channel.sendToQueue(QUEUE, Buffer.from(String(n)), { persistent: true, messageId: String(n) })
  await channel.waitForConfirms()
  await model.close()
}

describe('a replay into RabbitMQ', () => {
  it('holds under an alarm, can be stopped there, and goes on; a server that restarts is waited for', {
    timeout: 300_000,
  }, async () => {
    await fill()
    const home = await aHome()
    const reach = ['--management', lab.managementUrl]
    const source = `${lab.url}//${QUEUE}`
    const gone = await spillway(['discard', source, '--all', '--confirm', QUEUE, ...GO, ...reach], { home })
    const { run: id } = document(gone)
    const args = ['replay', `archive:${id}`, '--to', 'origin', ...GO, '--rate', '200', ...reach]
    const running = spawnSpillway(args, { home })
    const other = async () => (await runsOf(home)).find(each => each !== id) ?? ''
    await expect.poll(other, { timeout: 60_000 }).not.toBe('')
    const again = await other()
    const status = async () => document(await spillway(['status', again, '--output', 'json'], { home }))
    await expect.poll(async () => (await status()).ledger.read, { timeout: 60_000 }).not.toBe('0')

    await alarm(lab, 'memory')
    await expect.poll(async () => (await status()).state, { timeout: 60_000 }).toBe('held')
    expect((await status()).held.at(-1).reason).toContain('memory alarm')
    running.child.kill('SIGINT')
    const stopped = await running.finished
    expect(stopped.code, stopped.stdout + stopped.stderr).toBe(130)
    await alarm(lab, 'clear')

    const resumed = spawnSpillway(['resume', again, '--output', 'json', '--rate', '200', ...reach], { home })
    await expect.poll(async () => (await status()).state, { timeout: 60_000 }).toBe('running')
    await lab.ctl('stop_app')
    await lab.ctl('start_app')
    const done = await resumed.finished
    expect(done.code, done.stdout + done.stderr).toBe(0)
    expect(document(done)).toMatchObject({ state: 'complete', ledger: { written: `${COUNT}` }, balanced: true })
    const seen = bodiesOf(await witness(lab, QUEUE))
    expect(new Set(seen).size).toBe(COUNT)
    expect(seen.length - COUNT).toBeLessThanOrEqual(Number(document(done).duplicatesAtMost))
  })
})
