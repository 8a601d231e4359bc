import { describe, expect, it } from 'vitest'
import { BufferPool } from '../../../src/brokers/kafka/records/buffer-pool.js'
import type { Built } from '../../../src/brokers/kafka/records/builder.js'
import { murmur2 } from '../../../src/core/murmur2.js'
import { Batches } from '../../../src/lab/fill/batches.js'
import { BodyMaker } from '../../../src/lab/fill/body.js'
import { checkRecipe } from '../../../src/lab/fill/check.js'
import { fill } from '../../../src/lab/fill/fill.js'
import { section } from '../../../src/lab/fill/headers.js'
import { randomFrom } from '../../../src/lab/fill/random.js'
import { type FillRequest, withDefaults } from '../../../src/lab/fill/request.js'
import { putNumber, valueSizes } from '../../../src/lab/fill/values.js'
import { zipf } from '../../../src/lab/fill/zipf.js'

const recipe = (over: Partial<FillRequest> = {}) =>
  withDefaults({ settings: { brokers: ['localhost:1'] }, topic: 't', records: 1_000, keys: 50, size: 40, ...over })

function made(over: Partial<FillRequest>, count = 500): { body: string; partition: number }[] {
  const asked = recipe(over)
  const maker = new BodyMaker(asked, key => murmur2(key, 0, key.length) % asked.partitions)
  return Array.from({ length: count }, (_, number) => {
    const end = maker.next(number, false)
    return { body: maker.buffer.toString('hex', 0, end), partition: maker.partition }
  })
}

const AWKWARD = { nullKeys: 0.1, emptyKeys: 0.1, nullValues: 0.1, headers: 5, sizes: 'lognormal' } as const

describe('the records of a fill', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(made({ ...AWKWARD, seed: 7 })).toEqual(made({ ...AWKWARD, seed: 7 }))
    expect(made({ ...AWKWARD, seed: 7 })).not.toEqual(made({ ...AWKWARD, seed: 8 }))
  })

  it('do not depend on how they are batched', () => {
    expect(made({ batch: 'single', codec: 'lz4' })).toEqual(made({ batch: 900_000 }))
  })

  it('have null and empty keys and null values in about the shares asked for', () => {
    const records = made({ nullKeys: 0.2, emptyKeys: 0.1 }, 5_000)
    const share = (start: string) => records.filter(({ body }) => body.startsWith(start)).length / records.length
    expect(share('01')).toBeCloseTo(0.2, 1)
    expect(share('00')).toBeCloseTo(0.1, 1)
    expect(records.filter(({ partition }) => partition < 0).length / records.length).toBeCloseTo(0.2, 1)
  })

  it('carry their number in front of the value', () => {
    const [, second] = made({ nullKeys: 1 }, 2)
    expect(Buffer.from(second?.body ?? '', 'hex').toString('latin1', 2, 14)).toBe('000000000001')
  })
})

describe('putNumber', () => {
  it('writes twelve digits', () => {
    const target = Buffer.alloc(14, '.')
    putNumber(target, 1, 900_000_000_123)
    expect(target.toString()).toBe('.900000000123.')
  })
})

describe('zipf', () => {
  const drawn = (exponent: number) => {
    const next = zipf(100, exponent, randomFrom(3))
    const counts = new Array<number>(100).fill(0)
    for (let i = 0; i < 100_000; i++) {
      const index = next()
      counts[index] = (counts[index] ?? 0) + 1
    }
    return counts
  }

  it('follows its law', () => {
    const [first = 0, second = 0, , , fifth = 0] = drawn(1)
    expect(first / second).toBeCloseTo(2, 0)
    expect(first / fifth).toBeGreaterThan(4)
    expect(first / 100_000).toBeCloseTo(1 / 5.187, 1)
  })

  it('is even for exponent 0', () => {
    for (const count of drawn(0)) expect(count).toBeGreaterThan(800)
  })
})

describe('valueSizes', () => {
  it('spreads around the size asked for', () => {
    const sizes = [...valueSizes({ sizes: 'lognormal', size: 1_000, seed: 1 })]
    const mean = sizes.reduce((a, b) => a + b) / sizes.length
    expect(mean).toBeGreaterThan(930)
    expect(mean).toBeLessThan(1_070)
    expect(Math.max(...sizes)).toBeGreaterThan(2_500)
  })
})

describe('section', () => {
  it('tells a null header value from an empty one, and keeps doubled names', () => {
    const bytes = section([
      ['a', null],
      ['a', ''],
      ['__proto__', 'x'],
    ]) // prettier-ignore
    expect(bytes.toString('latin1')).toBe('\x06\x02a\x01\x02a\x00\x12__proto__\x02x')
  })
})

describe('Batches', () => {
  function batchesOf(over: Partial<FillRequest>, count: number): Built[] {
    const asked = recipe(over)
    const maker = new BodyMaker(asked, () => 0)
    const batches = new Batches(asked, new BufferPool(2_048, 10))
    const out: Built[] = []
    const put = (_: number, built: Built) => out.push(built) < 0
    for (let i = 0; i < count; i++) batches.add(maker, { end: maker.next(i, false), timestamp: 1_000 + i }, put)
    batches.end(put)
    return out
  }

  it('makes one batch for each record when asked for singles', () => {
    expect(batchesOf({ batch: 'single' }, 20).map(({ records }) => records)).toEqual(new Array(20).fill(1))
  })

  it('goes round the codecs when they are mixed', () => {
    const codecs = batchesOf({ codec: 'mixed', batch: 'single' }, 10).map(({ batch }) => (batch[22] ?? 0) & 7)
    expect(codecs).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
  })

  it('loses no record', () => {
    expect(batchesOf({ nullKeys: 0.3 }, 777).reduce((sum, { records }) => sum + records, 0)).toBe(777)
  })
})

describe('fill', () => {
  it('names everything that is wrong with a request at once', async () => {
    const bad = recipe({ records: 0, nullKeys: 2, compacted: true, size: 3 })
    expect(() => checkRecipe(bad)).toThrow(/--records.*--size.*--null-keys.*compacted topic/)
    const io = { now: () => new Date(0), soft: new AbortController().signal }
    await expect(fill({ ...bad, transactions: 0 } as FillRequest, io)).rejects.toMatchObject({ exitCode: 2 })
  })
})
