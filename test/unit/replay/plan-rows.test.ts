import { expect, it } from 'vitest'
import { verifyPlan } from '../../../src/core/digest.js'
import type { PlannedMap } from '../../../src/core/row-mapping.js'
import { planReplay } from '../../../src/replay/plan.js'
import { parseMapping } from '../../../src/replay/rows/map/parse.js'
import { describeReplay } from '../../../src/report/replay-plan-text.js'

const ROWS = {
  of: { table: 'orders' },
  key: 'id',
  time: 'created_at',
  from: '2026-01-31T08:00:00.000Z',
  to: '2026-01-31T09:00:00.000Z',
} as const

const planOf = (map?: PlannedMap, provenance?: boolean) =>
  planReplay(
    {
      source: {
        source: 'postgres://h:5432/shop',
        from: { kind: 'rows', address: 'postgres://h:5432/shop', user: 'reader', rows: ROWS, ...(map && { map }) },
        system: 'rows',
        lanes: [{ lane: 'rows', from: 'start', to: 'end', messages: 12n }],
        bytes: 0n,
        warnings: [],
      },
      target: {
        system: 'rabbitmq',
        target: 'amqp://h:5672//q',
        place: 'amqp://h:5672//q',
        clusterId: 'rabbit@h',
        warnings: [],
      },
      refusals: [],
    },
    {
      run: '20261121-0152-k3f9',
      now: new Date(0),
      transactions: true,
      maxReplays: 3,
      ...(provenance === undefined ? {} : { provenance }),
    },
  )

const plan = planOf()

it('says which rows go, by what they are read, and that each says where it comes from', () => {
  const text = describeReplay(plan, { zone: 'UTC' }).replace(/\s+/g, ' ')
  expect(text).toContain('Send 12 messages of postgres://h:5432/shop again')
  expect(text).toContain('created_at from')
  expect(text).toContain('Read orders of postgres://h:5432/shop by created_at and id, page by page')
  expect(text).toContain('x-replay-run and x-replay-count are added')
  expect(text).not.toContain('From Kafka')
})

it('does not make a number up where counting took too long', () => {
  const unknown = describeReplay({ ...plan, expect: { ...plan.expect, messages: 1n, messagesIsUnknown: true } })
  expect(unknown.replace(/\s+/g, ' ')).toContain('Send an unknown number of messages of postgres://h:5432/shop again')
})

it('is read back from its JSON as it was', () => {
  const json = JSON.stringify(plan, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  expect(verifyPlan(json)).toEqual(plan)
})

it('holds the mapping, and says which', () => {
  const text = 'key: ${id}\nbody: {json: {b: 1.5, "10": [null, "${a}"], "2": {}, __proto__: "${b}"}}\n'
  const { mapping } = parseMapping('orders.yaml', text)
  const mapped = planOf({ kind: 'yaml', file: '/orders.yaml', digest: 'sha256:0123456789abcdef', mapping })
  expect(describeReplay(mapped).replace(/\s+/g, ' ')).toContain('mapped by /orders.yaml (sha256:0123456789ab)')
  const json = JSON.stringify(mapped, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  expect(verifyPlan(json)).toEqual(mapped)
})

it('leaves it to the operator whether rows say that they are sent again', () => {
  expect(planOf(undefined, false).provenance).toBe(false)
  expect(planOf().provenance).toBe(true)
})
