import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type ParkedRecord, reviveParked } from '../../../../src/journal/parked.js'
import { openParkFile } from '../../../../src/verbs/fanout/park-file.js'
import { temporaryFolder } from '../../journal/home.js'

const record = (mark: string): ParkedRecord => ({
  key: Buffer.from('k'),
  value: null,
  headers: [['h', Buffer.from([0xff])]],
  timestamp: 7n,
  reason: 'no',
  attempts: 4,
  origin: { target: 'orders', lane: '0', mark, at: '2026-11-21T12:00:00Z' },
})
const marks = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => reviveParked(JSON.parse(line)).origin.mark)

it('keeps what others write beside it', async () => {
  const path = join(temporaryFolder(), 'parked')
  const [one, two] = [await openParkFile(path), await openParkFile(path)]
  await Promise.all([one.append(record('1')), two.append(record('2')), one.append(record('3'))])
  await Promise.all([one.close(), two.close()])
  expect(marks(path).sort()).toEqual(['1', '2', '3'])
})

it('begins a line of its own behind one that a crash has cut', async () => {
  const path = join(temporaryFolder(), 'parked')
  appendFileSync(path, '{"cut')
  const file = await openParkFile(path)
  await file.append(record('1'))
  await file.close()
  expect(readFileSync(path, 'utf8').split('\n')).toMatchObject(['{"cut', expect.stringContaining('"mark":"1"'), ''])
})

it('says with 2 where it cannot be written', async () => {
  const failure = await openParkFile('/nowhere/parked').catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'park', exitCode: 2 })
})
