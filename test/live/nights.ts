import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { program } from '../../src/commands/program.js'
import type { SpillwayError } from '../../src/errors.js'
import { fakeIo } from '../unit/commands/fake-io.js'

export const HOURS = ['--window', '00:30-05:00']
export const OVER = [...HOURS, '--carry-over']

/** Replays of yesterday's rows of the table `days`, in this process and by a clock that the test sets: times of Shanghai. */
export function nightsOf({ folder, url, to }: { readonly folder: string; readonly url: string; readonly to: string }) {
  let now = new Date(0)
  const at = (time: string) => {
    now = new Date(`${time}+08:00`)
  }

  async function night(...flags: string[]) {
    const { io, out, err } = fakeIo({ SPILLWAY_HOME: folder, PGPASSWORD: new URL(url).password })
    const words = [
      ...['replay', url, '--table', 'days', '--key', 'id', '--time', 'at', '--day', 'yesterday'],
      ...['--tz', 'Asia/Shanghai', '--to', to, '--output', 'json', ...flags],
    ]
    const live = Object.assign(io, { now: () => now })
    const failure = await program(live, '0')
      .parseAsync(words, { from: 'user' })
      .then(
        () => undefined,
        (error: SpillwayError) => error,
      )
    return { code: failure?.exitCode ?? live.exitCode, error: failure?.code, out: out(), err: err() }
  }

  /** Pages that all runs have settled so far. */
  async function pages(): Promise<number> {
    const runs = await readdir(join(folder, 'runs')).catch(() => [])
    const journals = runs.map(run => readFile(join(folder, 'runs', run, 'journal.ndjson'), 'utf8').catch(() => ''))
    return (await Promise.all(journals)).join('').split('"type":"settled"').length - 1
  }

  /** A night that is over as soon as something is sent. */
  async function shortNight(until: string) {
    const before = await pages()
    const ending = night(...OVER, '--execute', '--rate', '10')
    await vi.waitFor(async () => expect(await pages()).toBeGreaterThan(before), { timeout: 60_000 })
    at(until)
    return await ending
  }

  return { at, night, shortNight }
}
