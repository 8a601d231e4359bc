import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { eventId, namedUuid } from '../../../../src/replay/rows/event-id.js'

/** UUID of version 5 as RFC 9562, 5.5 has it. */
function reference(namespace: string, name: string): string {
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex')
  const bytes = createHash('sha1').update(space).update(name).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const OURS = '6f0f3c5b-8d1e-4b7a-9c2d-51e07a4be3d6'
const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

describe('the id of a row', () => {
  it('is a UUID of version 5, whatever the texts', () => {
    const texts = ['', '4711', '2026-01-31 08:00:00+00', 'a "b"\\', 'Größe 汉字', 'x'.repeat(300), 'y'.repeat(10_000)]
    for (const key of texts)
      for (const version of texts)
        expect(eventId({ table: 'shop.orders', key, version })).toBe(
          reference(OURS, JSON.stringify(['shop.orders', key, version])),
        )
    for (let n = 0; n < 200; n++)
      expect(eventId({ table: 't', key: String(n), version: '1' })).toBe(reference(OURS, `["t","${n}","1"]`))
  })

  it('is of another namespace where one is given, and the next one is ours again', () => {
    expect(namedUuid('www.example.com', DNS)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
    expect(eventId({ table: 't', key: '1', version: '1' })).toBe(reference(OURS, '["t","1","1"]'))
    expect(namedUuid('www.example.com', DNS)).toBe(reference(DNS, 'www.example.com'))
  })
})
