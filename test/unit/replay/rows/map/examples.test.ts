import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { assertColumns } from '../../../../../src/replay/rows/map/columns.js'
import { loadMapModule } from '../../../../../src/replay/rows/map/load-module.js'
import { moduleMapper } from '../../../../../src/replay/rows/map/module.js'
import { openMap } from '../../../../../src/replay/rows/map/open.js'
import { parseMapping } from '../../../../../src/replay/rows/map/parse.js'
import type { Column } from '../../../../../src/replay/rows/ports.js'
import { ASKED } from './rows.js'

const at = (name: string) => fileURLToPath(new URL(`../../../../../examples/mapping/${name}`, import.meta.url))

const ORDERS: readonly Column[] = [
  { name: 'id', kind: 'integer' },
  { name: 'customer_id', kind: 'integer' },
  { name: 'tenant', kind: 'text' },
  { name: 'placed_at', kind: 'instant' },
  { name: 'amount', kind: 'decimal' },
  { name: 'cents', kind: 'decimal' },
  { name: 'details', kind: 'json' },
  { name: 'event_id', kind: 'text' },
  { name: 'cancelled', kind: 'boolean' },
]
const ROW = {
  place: { time: 't', key: '1' },
  at: 0,
  values: [
    '1',
    '7',
    'eu',
    '2026-01-31T08:00:00Z',
    '19.90',
    '1990',
    '{"customer":{"name":"Ada"},"items":[1.0]}',
    'e-1',
    'false',
  ],
}

it('maps orders as the example in YAML says', async () => {
  const map = await openMap(at('orders.yaml'))
  map.assertColumns(ORDERS)
  const { message, unable } = map.toMessage({ asked: ASKED, columns: ORDERS, zone: 'UTC' })(ORDERS, ROW)
  expect(unable).toBeUndefined()
  expect(message).toMatchObject({ id: 'e-1', contentType: 'application/json', timestamp: 1_769_846_400_000 })
  expect(String(message.value)).toBe(
    '{"orderId":1,"placedAt":"2026-01-31T08:00:00Z","total":{"amount":"19.90","cents":1990},"customer":"Ada","voucher":null,"items":[1.0],"title":"Order 1 of eu"}',
  )
})

it('maps orders as the example module says', async () => {
  const parts = moduleMapper(await loadMapModule(at('orders.mjs')), ASKED, ORDERS)(ROW)
  expect(String(parts.value)).toBe('{"orderId":1,"total":19.9,"details":{"customer":{"name":"Ada"},"items":[1.0]}}')
  expect(parts.headers.slice(0, 2).map(([name, value]) => [name, String(value)])).toEqual([
    ['event-type', 'OrderPlaced'],
    ['tenant', 'eu'],
  ])
})

it('reads the example of an outbox', () => {
  const { mapping } = parseMapping('outbox.yaml', readFileSync(at('outbox.yaml'), 'utf8'))
  const columns = ['id', 'aggregate_id', 'type', 'payload', 'created_at'].map(name => ({ name, kind: 'text' }) as const)
  expect(() => assertColumns('outbox.yaml', mapping, { columns })).not.toThrow()
})

it('keeps a mapping in YAML itself, and of a module the digest', async () => {
  expect((await openMap(at('orders.yaml'))).planned).toMatchObject({
    kind: 'yaml',
    digest: expect.stringMatching(/^sha256:/),
    mapping: { key: '${customer_id}' },
  })
  expect((await openMap(at('orders.mjs'))).planned).toEqual({
    kind: 'module',
    file: at('orders.mjs'),
    digest: expect.stringMatching(/^sha256:/),
  })
  await expect(openMap(at('none.yaml'))).rejects.toMatchObject({ code: 'mapping', exitCode: 2 })
})
