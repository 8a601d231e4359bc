import { spawn, spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cron } from 'croner'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { program } from '../../../src/commands/program.js'
import { oddNights } from '../../../src/schedule/nights.js'
import { unitName } from '../../../src/schedule/subject.js'
import { fakeIo } from '../commands/fake-io.js'

const REPLAY = [
  ...[
    'schedule',
    'replay',
    'postgres://reader:hunter2@replica/shop',
    '--table',
    'orders',
    '--key',
    'id',
    '--time',
    'at',
  ],
  ...['--day', 'yesterday', '--window', '00:30-05:00', '--tz', 'Asia/Shanghai', '--carry-over'],
  ...['--to', 'kafka://ops:hunter3@host:9092/orders', '--gauge-query', "SELECT count(*) FROM busy WHERE of LIKE 'a%'"],
  ...['--gauge-max', '5'],
]
const COMMAND = [
  ...['replay', 'postgres://reader@replica:5432/shop', '--to', 'kafka://ops@host:9092/orders', '--table', 'orders'],
  ...['--key', 'id', '--time', 'at', '--day', 'yesterday', '--tz', 'Asia/Shanghai', '--window', '00:30-05:00'],
  ...['--carry-over', '--gauge-query', "SELECT count(*) FROM busy WHERE of LIKE 'a%'", '--gauge-max', '5'],
  ...['--execute', '--quiet'],
]

async function unit(args: readonly string[]): Promise<string> {
  const { io, out } = fakeIo()
  await program(io, '0').parseAsync([...args], { from: 'user' })
  return out()
}
const as = (kind: string, ...more: string[]) => unit([...REPLAY, '--as', kind, ...more])
const lines = (text: string) => text.split('\n').filter(line => line !== '' && !line.startsWith('#'))

describe('a crontab', () => {
  it('asks the clock of the zone at each quarter, and runs the replay under a lock', async () => {
    const [shell, path, line = '', ...more] = lines(await as('cron'))
    expect([shell, path?.split('=')[0], more]).toEqual(['SHELL=/bin/sh', 'PATH', []])
    const [, times = '', command = ''] = /^((?:\S+ ){5})(.*)$/.exec(line) ?? []
    const at = new Cron(times.trim(), { timezone: 'UTC', paused: true })
    expect(at.nextRuns(5, new Date('2026-11-21T16:00Z')).map(each => each.toISOString().slice(11, 16))).toEqual([
      '16:15',
      '16:30',
      '16:45',
      '17:00',
      '17:15',
    ])
    // What crontab(5) makes of it.
    expect(command).not.toMatch(/(?<!\\)%/)
    const given = command.replaceAll('\\%', '%')
    expect(spawnSync('sh', ['-n', '-c', given]).status).toBe(0)
    expect(given).toContain(`[ "$(TZ=Asia/Shanghai date +%H:%M)" = 00:30 ] || exit 0`)
    expect(given).toContain(' flock -n "$HOME/.spillway-replay-orders.lock" spillway replay postgres://reader@')
  })

  it('hands the replay its words as they were given', async () => {
    const line = lines(await as('cron')).at(-1) ?? ''
    const work = /spillway (replay .*) \| logger/.exec(line.replaceAll('\\%', '%'))?.[1] ?? ''
    const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${work}`], { encoding: 'utf8' })
    expect(stdout.trimEnd().split('\n')).toEqual(COMMAND)
  })
})

describe('systemd units', () => {
  it('are a service and a timer in the zone, with what is a good end', async () => {
    const given = lines(await as('systemd'))
    expect(given).toContain('OnCalendar=*-*-* 00:30:00 Asia/Shanghai')
    expect(given).toContain('Persistent=true')
    expect(given).toContain('SuccessExitStatus=130')
    expect(given).toContain('RuntimeMaxSec=20400')
    expect(given).toContain('EnvironmentFile=-/etc/spillway/spillway-replay-orders.env')
    expect(given.find(line => line.startsWith('ExecStart='))).toContain(
      `"SELECT count(*) FROM busy WHERE of LIKE 'a%%'" --gauge-max 5 --execute --quiet`,
    )
    expect(given.filter(line => line.startsWith('['))).toEqual([
      '[Unit]',
      '[Service]',
      '[Unit]',
      '[Timer]',
      '[Install]',
    ])
  })
})

type CronJob = {
  spec: Record<string, unknown> & {
    jobTemplate: {
      spec: Record<string, unknown> & {
        template: {
          spec: Record<string, unknown> & { containers: { image: string; command: string[]; args: string[] }[] }
        }
      }
    }
  }
}

describe('a CronJob', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'schedule-'))
    await writeFile(
      join(folder, 'spillway'),
      '#!/bin/sh\ntrap "exit 143" TERM\n[ "$1" = wait ] && { echo up; while :; do sleep 0.1; done; }\nexit "$1"\n',
    )
    await chmod(join(folder, 'spillway'), 0o755)
  })
  afterAll(() => rm(folder, { recursive: true }))

  const job = async (...more: string[]) => parse(await as('kubernetes', ...more)) as CronJob

  it('begins in its zone, once, and is not tried again', async () => {
    const { spec } = await job('--image', 'registry/spillway:1')
    expect(spec).toMatchObject({
      schedule: '30 0 * * *',
      timeZone: 'Asia/Shanghai',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 16_200,
    })
    expect(spec.jobTemplate.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 20_400 })
    const [container] = spec.jobTemplate.spec.template.spec.containers
    expect(container).toMatchObject({ image: 'registry/spillway:1', args: COMMAND })
  })

  it('takes a night that stopped at the end of its window for a good one, and no other', {
    timeout: 60_000,
  }, async () => {
    const { command } = (await job()).spec.jobTemplate.spec.template.spec.containers[0] ?? { command: [] }
    const [sh = '', ...args] = command
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
    const codes = [0, 130, 1, 2, 3, 4].map(code => spawnSync(sh, [...args, String(code)], { env }).status)
    expect(codes).toEqual([0, 0, 1, 2, 3, 4])
    const waiting = spawn(sh, [...args, 'wait'], { env })
    await new Promise(resolve => waiting.stdout.once('data', resolve))
    waiting.kill('SIGTERM')
    expect(await new Promise(resolve => waiting.once('exit', resolve))).toBe(143)
  })
})

describe('any unit', () => {
  it.each(['cron', 'systemd', 'kubernetes'])('of %s holds no password, and says when it begins', async kind => {
    const text = await as(kind)
    expect(text).not.toMatch(/hunter/)
    expect(text).toContain('# Next: 2026-01-03 00:30, 2026-01-04 00:30, 2026-01-05 00:30.')
    expect(text).toMatch(/PGPASSWORD=….*SPILLWAY_PASSWORD=…/)
  })

  it('tells the nights that the clocks change', () => {
    const from = (zone: string, hours: string) =>
      oddNights({ from: hours, to: '05:00', zone }, new Date('2026-01-02T12:00Z'))
    expect(from('Europe/Berlin', '02:30')).toEqual({ skipped: ['2026-03-29'], twice: ['2026-10-25'] })
    expect(from('Australia/Lord_Howe', '01:45')).toEqual({ skipped: [], twice: ['2026-04-05'] })
    expect(from('Asia/Shanghai', '02:30')).toEqual({ skipped: [], twice: [] })
  })

  it('has a name that Kubernetes takes', () => {
    expect(unitName('Orders.Late_2')).toBe('spillway-replay-orders-late-2')
    expect(unitName('x'.repeat(99))).toHaveLength(52)
  })

  it.each<[readonly string[], string]>([
    [['--window', '00:30:10-05:00', '--as', 'cron'], 'begins at a second'],
    [['--as', 'cron'], '--window'],
    [['--window', '00:30-05:00'], '--as'],
    [['--window', '00:30-05:00', '--as', 'windows'], '--as'],
    [['--window', '00:30-05:00', '--as', 'cron', '--image', 'x'], '--image'],
    [['--window', '00:30-05:00', '--as', 'cron', '--hold-file', 'hold'], 'relative path'],
    [['--window', '00:30-05:00', '--as', 'cron', '--sample', '3'], '--sample'],
  ])('is refused for %j', async (flags, message) => {
    const replay = ['schedule', 'replay', 'archive:R', '--to', 'kafka://h:9092/t', ...flags]
    await expect(unit(replay)).rejects.toThrow(message)
  })
})
