import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { missingRun } from '../../../../src/settings/home.js'
import { openKnownRun } from '../../../../src/verbs/restore/opened.js'
import { fakeIo } from '../../commands/fake-io.js'

const RUNS = Array.from({ length: 12 }, (_, i) => `202611${String(i + 10)}-1200-k3f9`)
let home = ''

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'spillway-known-'))
  for (const run of RUNS) await mkdir(join(home, 'runs', run), { recursive: true })
})
afterEach(() => rm(home, { recursive: true }))

it('names the five runs that are most like an unknown one', async () => {
  const { io } = fakeIo({ SPILLWAY_HOME: home })
  const error = await openKnownRun('20261115-1200-k3f8', io).catch((failure: unknown) => failure)
  expect(error).toMatchObject({ code: 'no-such-run' })
  const named = (error as { details: { at: string }[] }).details.map(({ at }) => at)
  expect(named).toHaveLength(5)
  expect(named[0]).toBe('20261115-1200-k3f9')
})

it('names the five newest where none was named, and how many there are', async () => {
  const { details, hint } = await missingRun({ SPILLWAY_HOME: home })
  expect(details.map(({ at }) => at)).toEqual(RUNS.slice(-5))
  expect(hint).toBe(`Name one of the 12 in ${join(home, 'runs')}; \`spillway runs\` shows their state.`)
})
