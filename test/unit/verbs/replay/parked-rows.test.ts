import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ReplayPlan } from '../../../../src/core/replay-plan.js'
import { createRun } from '../../../../src/journal/runs.js'
import { planReplay } from '../../../../src/replay/plan.js'
import { markBehind } from '../../../../src/replay/rows/mark.js'
import { listParked, parkedRows, parkedRowsCommand } from '../../../../src/verbs/replay/parked-rows.js'
import { parkedSubject } from '../../../../src/verbs/replay/parked-subject.js'
import { fakeIo } from '../../commands/fake-io.js'

const ROWS = {
  of: { table: 'orders' },
  key: 'id',
  time: 'at',
  from: '2026-01-31T08:00:00.000Z',
  to: '2026-01-31T09:00:00.000Z',
} as const

const plan: ReplayPlan = planReplay(
  {
    source: {
      source: 'postgres://h:5432/shop',
      from: {
        kind: 'rows',
        address: 'postgres://h:5432/shop',
        user: 'reader',
        rows: ROWS,
        map: { kind: 'module', file: '/maps/my orders.mjs', digest: 'sha256:0' },
      },
      system: 'rows',
      lanes: [{ lane: 'rows', from: 'start', to: 'end', messages: 3n }],
      bytes: 0n,
      warnings: [],
    },
    target: {
      system: 'kafka',
      target: 'kafka://h:9092/orders',
      place: 'kafka://h:9092/orders',
      clusterId: 'c',
      warnings: [],
    },
    refusals: [],
  },
  { run: '20261121-0152-k3f9', now: new Date(0), transactions: true, maxReplays: 3 },
)

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'parked-rows-'))
  const folder = await createRun(home, plan)
  const park = (key: string, isRow: boolean) =>
    folder.park({
      id: `id-${key}`,
      key: Buffer.from(key),
      value: Buffer.from(`{"id":${key}}`),
      headers: [],
      timestamp: 7n,
      reason: 'key is NULL',
      attempts: 0,
      origin: { target: 'orders', lane: 'rows', mark: markBehind({ time: 't', key }), at: '2026-01-31T09:00:00Z' },
      ...(isRow ? { isRow: true } : {}),
    })
  await park('7', true)
  await park('9007199254740993', false)
})
afterAll(async () => rm(home, { recursive: true }))

it('names the command that reads the rows of a run again which it parked', () => {
  expect(parkedRowsCommand(plan)).toBe(
    "spillway replay parked:20261121-0152-k3f9 --map '/maps/my orders.mjs' --to kafka://h:9092/orders",
  )
  expect(parkedRowsCommand({ ...plan, from: { kind: 'archive', run: 'R' } })).toBeUndefined()
})

it('lists the rows by their keys, not by what their messages have', async () => {
  const { io } = fakeIo({ SPILLWAY_HOME: home })
  const parked = await parkedRows(plan.run, io)
  expect(parked).toMatchObject({ kind: 'parked', run: plan.run, ids: 2 })
  const list = join(home, 'list.txt')
  await listParked(list, parked, io)
  expect(await readFile(list, 'utf8')).toBe('7\n9007199254740993\n')
  await expect(listParked(list, { ...parked, digest: 'another' }, io)).rejects.toMatchObject({ code: 'stale' })
})

it('refuses to send rows that were never mapped as if they were messages', async () => {
  const { io } = fakeIo({ SPILLWAY_HOME: home })
  const { refusals, look } = await parkedSubject(plan.run, io)
  expect(look.lanes).toMatchObject([{ messages: 2n }])
  const refusal = refusals.find(({ code }) => code === 'unmapped')
  expect(refusal?.message).toBe('1 of them are rows that the mapping could make no messages of')
  expect(refusal?.hint).toContain(`spillway replay parked:${plan.run} --map`)
})
