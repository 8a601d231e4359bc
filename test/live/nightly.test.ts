import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { createTopic } from '../../src/brokers/kafka/admin/create-topic.js'
import { parseDay } from '../../src/core/border.js'
import { dateAt } from '../../src/core/zoned.js'
import { onLink, witness } from './drain-harness.js'
import { type Told, told } from './fault-harness.js'
import { type Finished, spawnSpillway, spillway } from './kafka-lab.js'
import { HOURS, nightsOf, OVER } from './nights.js'
import { ownPostgres, query } from './postgres-lab.js'

const ROWS = 1500
const broker = inject('kafka41')

/** A zone in which it is about noon now, so that no night of a test goes across midnight. */
const zone = (() => {
  const ahead = 12 - new Date().getUTCHours()
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
})()

/** The time of day there, so many seconds from now. */
const clock = (seconds: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' }).format(Date.now() + seconds * 1000)

let home: string
let url: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'nightly-'))
  url = (await ownPostgres({ config: { fsync: 'off' } })).url
  const { from } = parseDay('yesterday', { date: dateAt(Date.now(), zone), zone })
  await query(url, 'CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz NOT NULL)')
  await query(url, 'CREATE TABLE busy (id bigint)')
  const noon = new Date(from.getTime() + 43_200_000).toISOString()
  await query(
    url,
    `INSERT INTO orders SELECT n, $1::timestamptz + n * interval '1 ms' FROM generate_series(1, ${ROWS}) n`,
    [noon],
  )
})
afterAll(async () => rm(home, { recursive: true }))

async function aTopic(name: string): Promise<string> {
  const topic = `${name}-${Date.now()}`
  const settings = { 'retention.ms': '-1' }
  await onLink(broker, link => createTopic(link, { name: topic, partitions: 3, replication: 1, settings }))
  return topic
}

const command = (topic: string, flags: readonly string[]): string[] => [
  ...['replay', url, '--table', 'orders', '--key', 'id', '--time', 'created_at', '--day', 'yesterday', '--tz', zone],
  ...['--to', `${broker.url}/${topic}`, '--execute', '--yes', '--output', 'json', ...flags],
]
const env = () => ({ PGPASSWORD: new URL(url).password })
const run = (topic: string, flags: readonly string[]) => spillway(command(topic, flags), { home, env: env() })
const resume = (...args: string[]) => spillway(['resume', ...args, '--output', 'json'], { home, env: env() })
const errorOf = ({ stdout }: { stdout: string }) =>
  (JSON.parse(stdout) as { error: { code: string; message: string; hint: string } }).error
const live = async (): Promise<Told | undefined> => {
  const { stdout } = await spillway(['runs', '--output', 'json'], { home })
  return (JSON.parse(stdout) as Told[]).find(({ state }) => state === 'running' || state === 'held')
}

/** Two starts of a night at once, the one that was not refused first; the night is longer where the machine takes its time. */
async function bothInOneNight(): Promise<{ topic: string; both: readonly Finished[] }> {
  for (let seconds = 8; ; seconds *= 2) {
    const topic = await aTopic('night')
    const flags = ['--window', `${clock(-60)}-${clock(seconds)}`, '--rate', `${Math.ceil(400 / seconds)}`]
    const both = await Promise.all([run(topic, flags), run(topic, flags)])
    both.sort((a, b) => (b.code ?? 0) - (a.code ?? 0))
    if (!both.some(each => each.code === 4 && errorOf(each).code === 'window-shut')) return { topic, both }
  }
}

describe('a nightly replay', () => {
  it('runs once however often it is started, stops at the end of its window, and goes on by resume', {
    timeout: 300_000,
  }, async () => {
    const shut = ['--window', `${clock(3600)}-${clock(7200)}`]
    const refused = await run(await aTopic('shut'), shut)
    expect(refused.code, refused.stderr).toBe(4)
    expect(errorOf(refused)).toMatchObject({ code: 'window-shut', hint: expect.stringContaining('--wait 1h') })
    const { topic, both } = await bothInOneNight()
    const [stopped, second] = both
    expect([second?.code, second && errorOf(second).code]).toEqual([4, 'taken'])
    expect(stopped?.code, stopped?.stderr).toBe(130)
    const envelope = told(stopped as Finished)
    expect(envelope).toMatchObject({
      state: 'stopped',
      balanced: true,
      reason: expect.stringMatching(/^window over until .* /),
    })
    expect(envelope.reason).toContain(zone)

    const early = await resume(envelope.run)
    expect([early.code, errorOf(early).code]).toEqual([4, 'window-shut'])
    const done = await resume(envelope.run, '--ignore-window')
    expect(done.code, done.stderr).toBe(0)
    expect(told(done)).toMatchObject({ state: 'complete', ledger: { read: String(ROWS), written: String(ROWS) } })
    expect((await witness(broker, topic)).records).toBe(ROWS)
  })
})

type Planned = { readonly refusals: readonly string[]; readonly warnings: readonly string[] }

/** Nights by a clock of the test's own: days of which each has 120 rows. */
describe('nights one after the other', () => {
  it('carry over what is left, forget no day, and do none twice', { timeout: 300_000 }, async () => {
    const topic = await aTopic('nights')
    const { at, night, shortNight } = nightsOf({ folder: join(home, 'nights'), url, to: `${broker.url}/${topic}` })
    await query(url, 'CREATE TABLE days (id bigint PRIMARY KEY, at timestamptz NOT NULL)')
    await query(
      url,
      `INSERT INTO days SELECT n, timestamptz '2026-03-09 12:00+08' + (n / 120) * interval '1 day' FROM generate_series(0, 719) n`,
    )
    at('2026-03-10T00:30')
    const first = await shortNight('2026-03-10T05:00:01')
    expect(first.code, first.err).toBe(130)
    const stopped = JSON.parse(first.out) as Told
    expect(stopped).toMatchObject({
      state: 'stopped',
      reason: 'window over until 2026-03-11 00:30 Asia/Shanghai',
    })

    // The window is shut; then the day is another, but nobody has finished what is left.
    const shut = JSON.parse((await night(...HOURS, '--hold-file', home)).out) as Planned
    expect(shut.warnings).toContain(`It would hold now: hold file: ${home} is there`)
    expect(shut.refusals[0]).toContain('is shut: it opens at 2026-03-11 00:30 (2026-03-10T16:30Z)')
    expect(await night('--execute')).toMatchObject({ code: 4, error: 'overlap' })
    at('2026-03-11T00:30')
    expect(await night(...HOURS, '--execute')).toMatchObject({ code: 4, error: 'unfinished' })
    const second = await night(...OVER, '--execute')
    expect(second.code, second.err).toBe(0)
    expect(second.err).toContain(`carried over: run ${stopped.run}, complete: 120 messages sent`)
    const own = JSON.parse(second.out) as Told
    expect(own).toMatchObject({ state: 'complete', ledger: { written: '120' } })
    expect(own.run).not.toBe(stopped.run)

    // The clock is set back, and cron starts once more.
    at('2026-03-11T00:31')
    expect(await night(...OVER, '--execute')).toMatchObject({ code: 4, error: 'night-done' })

    // The night of the 12th is missed.
    at('2026-03-13T00:30')
    const plan = JSON.parse((await night(...OVER)).out) as Planned
    expect(plan.warnings.join('\n')).toContain(
      'No night has sent the rows from 2026-03-10T16:00:00.000Z to 2026-03-11T16:00:00.000Z',
    )
    const third = await shortNight('2026-03-13T05:00:01')
    expect(third.code, third.err).toBe(130)

    // The next one ends in what it carries over: its own day is written down all the same.
    at('2026-03-14T00:30')
    const fourth = await shortNight('2026-03-14T05:00:01')
    expect(fourth.code, fourth.err).toBe(130)
    expect(JSON.parse(fourth.out)).toMatchObject({ state: 'stopped', ledger: { read: '0' } })

    at('2026-03-15T00:30')
    const fifth = await night(...OVER, '--execute')
    expect(fifth.code, fifth.err).toBe(0)
    expect(fifth.err.match(/carried over: run/g)).toHaveLength(2)
    expect((await witness(broker, topic)).records).toBe(5 * 120)
  })
})

describe('the same rows', () => {
  it('go once, however many replays of them are begun at once', { timeout: 300_000 }, async () => {
    const topic = await aTopic('once')
    const [refused, sent] = (await Promise.all([run(topic, []), run(topic, [])])).sort(
      (a, b) => (b.code ?? 0) - (a.code ?? 0),
    )
    expect([refused?.code, refused && errorOf(refused).code]).toEqual([4, 'overlap'])
    expect(sent?.code, sent?.stderr).toBe(0)
    const again = await run(topic, ['--again'])
    expect(again.code, again.stderr).toBe(0)
    expect((await witness(broker, topic)).records).toBe(2 * ROWS)
  })
})

describe('a replay with gauges', () => {
  let health: Server
  let status = 503
  beforeAll(async () => {
    health = createServer((_request, response) => response.writeHead(status).end())
    await new Promise<void>(resolve => health.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => void health.close())

  it('holds for each of them with its reason, and goes on as they get well or are ignored', {
    timeout: 300_000,
  }, async () => {
    const topic = await aTopic('held')
    const file = join(home, 'hold')
    await writeFile(file, '')
    await query(url, 'INSERT INTO busy VALUES (1)')
    const checked = `http://127.0.0.1:${(health.address() as AddressInfo).port}/`
    const replay = spawnSpillway(
      command(topic, [
        ...['--hold-file', file, '--gauge-url', checked],
        ...['--gauge-query', 'SELECT count(*) FROM busy', '--gauge-max', '0', '--max-replica-lag', '10s'],
        ...['--max-target-lag', '300', '--target-group', `nobody-${topic}`, '--rate', '400'],
      ]),
      { home, env: env() },
    )
    const reasons = async () =>
      ((await live()) as unknown as { held?: { reason: string }[] } | undefined)?.held?.map(({ reason }) => reason) ??
      []
    const expected = [
      `health check: 503 Service Unavailable from ${checked}`,
      `hold file: ${file} is there`,
      'load query: 1 is over 0',
      'replica lag: cannot be read: the server has no replica: ask the replica itself, with --gauge-db',
    ]
    await vi.waitFor(async () => expect((await reasons()).sort()).toEqual(expected), { timeout: 60_000 })
    const { run: id, ledger } = (await live()) as Told
    expect(ledger.read).toBe('0')
    await rm(file)
    await query(url, 'DELETE FROM busy')
    status = 204
    const lifted = await resume(id, '--ignore', 'replica lag')
    expect(lifted.code, lifted.stderr).toBe(0)
    await vi.waitFor(async () => expect((await reasons()).at(-1)).toMatch(/^target lag: [\d,]+ messages that nobody/), {
      timeout: 60_000,
    })
    await resume(id, '--ignore', 'target lag')
    const done = await replay.finished
    expect(done.code, done.stderr).toBe(0)
    expect(told(done)).toMatchObject({ state: 'complete', ledger: { written: String(ROWS) } })
    expect((await witness(broker, topic)).records).toBe(ROWS)
  })
})
