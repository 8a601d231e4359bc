import { expect, it } from 'vitest'
import { indentedJson } from '../../../src/report/indented-json.js'
import { describeSample, type Sampled } from '../../../src/report/sample-text.js'

const MESSAGE: Sampled = {
  id: 'e-1',
  key: '42',
  value: '{"id":9007199254740993,"items":[{"n":1.50},[]],"note":"a, {b}: \\"c\\"","none":{}}',
  headers: [
    ['event-type', 'OrderCreated'],
    ['raw', { base64: 'AP8=' }],
  ],
  origin: { target: 'orders', at: '2026-01-31T08:00:00.123Z' },
}

it('shows a message with its JSON over several lines, and its time in both zones', () => {
  expect(
    describeSample([{ ...MESSAGE, contentType: 'application/json', routingKey: 'r' }], 'Europe/Berlin'),
  ).toBe(`MESSAGE 1  e-1
  key      42
  time     2026-01-31 08:00:00.123 UTC (2026-01-31 09:00:00 Europe/Berlin)
  headers  event-type: OrderCreated
           raw: base64:AP8=
  content  application/json
  routing  r
  value    {
             "id": 9007199254740993,
             "items": [
               {
                 "n": 1.50
               },
               []
             ],
             "note": "a, {b}: \\"c\\"",
             "none": {}
           }

Nothing was sent.
`)
})

it('says which would be parked and why, and shows what is no JSON as it is', () => {
  const origin = { target: 'orders', at: null }
  const text = describeSample(
    [
      { ...MESSAGE, unable: 'key is NULL', value: '{not json' },
      { ...MESSAGE, key: null, value: null, origin },
      { ...MESSAGE, value: '' },
      { ...MESSAGE, value: 'x'.repeat(5000) },
    ],
    'UTC',
  )
  expect(text).toContain('  WOULD BE PARKED: key is NULL\n')
  expect(text).toContain('  value    {not json\n')
  expect(text).toContain('  key      null\n  time     none\n')
  expect(text).toContain('  value    (empty)\n')
  expect(text).toContain('… (4.9 KiB in all)')
  expect(text).toMatch(/1 of these 4 would be parked\. Nothing was sent\.\n$/)
})

it('keeps every number of a JSON text', () => {
  expect(indentedJson('[1.10,-0.0e5,"é"]')).toBe('[\n  1.10,\n  -0.0e5,\n  "é"\n]')
})
