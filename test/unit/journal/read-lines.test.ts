import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readLines } from '../../../src/journal/read-lines.js'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'read-lines-'))
})
afterAll(async () => rm(home, { recursive: true }))

async function linesOf(text: string): Promise<{ text: string; number: number; end: number }[]> {
  const file = join(home, 'lines')
  await writeFile(file, text)
  const lines = []
  for await (const line of readLines(file)) lines.push(line)
  return lines
}

it('gives lines that came in many pieces whole, with where they end', async () => {
  // A character of two bytes lies across every border of pieces.
  const large = `x${'é'.repeat(200_000)}`
  const lines = await linesOf(`a\n${large}\n\nb\n${large}\n`)
  expect(lines.map(({ text }) => text)).toEqual(['a', large, '', 'b', large])
  expect(lines.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
  expect(lines.map(({ end }) => end)).toEqual([2, 400_004, 400_005, 400_007, 800_009])
})

it('leaves a last line out that has no end', async () => {
  expect((await linesOf('a\nb')).map(({ text }) => text)).toEqual(['a'])
  expect(await linesOf('')).toEqual([])
})
