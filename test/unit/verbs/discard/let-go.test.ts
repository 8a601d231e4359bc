import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DiscardPlan } from '../../../../src/core/discard-plan.js'
import type { RunEvent } from '../../../../src/core/event.js'
import { foldRun, NOTHING_YET, type RunSoFar } from '../../../../src/core/fold.js'
import { planDiscard } from '../../../../src/discard/plan.js'
import type { DiscardEnds } from '../../../../src/verbs/discard/ends.js'
import { letGo } from '../../../../src/verbs/discard/let-go.js'
import { aTopicLook, keepingNothing, someOptions } from '../../discard/a-look.js'

const at = '2026-11-21T13:00:01Z'
const ONE: RunEvent = { type: 'warned', at, message: 'at work' }
const NONE = { written: 0n, parked: 0n, holes: 0n, markers: 0n, aborted: 0n, bytes: 0n }

const half: RunEvent = { type: 'settled', at, lane: '0', mark: '900', counts: { ...NONE, read: 400n, dropped: 400n } }
const ends: readonly RunEvent[] = [
  { type: 'finished', at, lane: '0', mark: '1500' },
  { type: 'finished', at, lane: '1', mark: '2000' },
]

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'let-go-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** What a run yields whose broker's part is at work once. */
async function yielded(plan: DiscardPlan, state: RunSoFar): Promise<RunEvent[]> {
  const parts = {
    events: async function* () {
      yield ONE
    },
  } as unknown as DiscardEnds
  const running = { plan, recorder: { state }, io: { now: () => new Date(at) } } as unknown as Parameters<
    typeof letGo
  >[1]
  const events: RunEvent[] = []
  for await (const event of letGo(parts, running)) events.push(event)
  return events
}

const planIn = (path: string) =>
  planDiscard(aTopicLook(), someOptions({ archive: { folder: path, freeBytes: 1n << 40n, floorBytes: 0n } }))

describe('letGo', () => {
  it('needs no archive where nothing is kept', async () => {
    expect(await yielded(planDiscard(aTopicLook(), keepingNothing()), NOTHING_YET)).toEqual([ONE])
  })

  it('does nothing more once all is gone and sealed: it was killed before its last words', async () => {
    const path = join(folder, 'sealed')
    await mkdir(path)
    await writeFile(join(path, 'manifest.json'), '{}')
    expect(await yielded(planIn(path), ends.reduce(foldRun, NOTHING_YET))).toEqual([])
  })

  it('does not begin an archive anew whose first part is lost', async () => {
    const lost = yielded(planIn(join(folder, 'unmounted', 'run')), foldRun(NOTHING_YET, half))
    await expect(lost).rejects.toMatchObject({ code: 'archive-gone', exitCode: 1 })
  })
})
