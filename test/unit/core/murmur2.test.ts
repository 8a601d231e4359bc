import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { murmur2 } from '../../../src/core/murmur2.js'

// Keys in hex and Utils.toPositive(Utils.murmur2(key)), printed by kafka-clients 4.1.2.
const JAVA = JSON.parse(readFileSync(new URL('murmur2-java.json', import.meta.url), 'utf8')) as [string, number][]

it('hashes keys of every length as the Java client does', () => {
  expect(JAVA.length).toBeGreaterThan(90)
  for (const [hex, hash] of JAVA) {
    const key = Buffer.from(hex, 'hex')
    expect(murmur2(key, 0, key.length), hex).toBe(hash)
  }
})

it('hashes a key where it stands, whatever is around it', () => {
  for (const [hex, hash] of JAVA) {
    const around = Buffer.from(`ff00ff${hex}a5a5`, 'hex')
    expect(murmur2(around, 3, hex.length / 2), hex).toBe(hash)
  }
})
