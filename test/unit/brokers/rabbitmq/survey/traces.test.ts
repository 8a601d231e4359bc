import { describe, expect, it } from 'vitest'
import { fold } from '../../../../../src/brokers/rabbitmq/survey/traces.js'

describe('what runs have left in a virtual host', () => {
  it('is one trace a run, with the host that holds the lock of its source', () => {
    const queues = [
      { name: 'orders', messages: 7 },
      { name: 'orders.spill.20260101-0000-aaaa.00', messages: 3 },
      { name: 'orders.spill.20260101-0000-aaaa.01', messages: 4 },
      { name: 'spillway.lock.orders', owner_pid_details: { peer_host: '10.0.0.7', name: 'c' } },
    ]
    const trace = { run: '20260101-0000-aaaa', host: '10.0.0.7', queue: 'orders', temporaryQueues: 2, messages: 7n }
    expect(fold(queues)).toEqual([trace])
  })

  it('names a lock whose run has no queues yet', () => {
    const [lock] = fold([{ name: 'spillway.lock.a.b', owner_pid_details: { name: '10.0.0.8:1 -> 10.0.0.2:5672' } }])
    expect(lock).toMatchObject({ run: null, queue: 'a.b', host: '10.0.0.8:1 -> 10.0.0.2:5672', temporaryQueues: 0 })
  })

  it('is nothing where no name is ours', () => {
    expect(fold([{ name: 'orders.spill' }, { name: 'x.spill.y' }, {}])).toEqual([])
  })
})
