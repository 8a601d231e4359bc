import { describe, expect, it } from 'vitest'
import { confirm, confirmName } from '../../../src/present/confirm.js'
import { toJson } from '../../../src/present/json.js'
import { type ProgressView, progressOf } from '../../../src/present/progress.js'
import { pairs, table } from '../../../src/present/table.js'
import { formatTime } from '../../../src/present/time.js'
import { fakeIo } from '../commands/fake-io.js'

describe('toJson', () => {
  it('writes a bigint as a decimal string and a map as an object', () => {
    expect(toJson({ a: 9007199254740993n, b: new Map([[1, 2n]]), c: undefined })).toBe(
      '{"a":"9007199254740993","b":{"1":"2"}}\n',
    )
  })
})

describe('table', () => {
  it('lines up text to the left and numbers to the right', () => {
    const columns = [{ title: 'lane' }, { title: 'lag', align: 'right' as const }]
    expect(
      table(columns, [
        ['0', '1,234'],
        ['11', '5'],
      ]),
    ).toBe('lane    lag\n0     1,234\n11        5\n')
  })

  it('cuts the widest text so that it fits 80 columns', () => {
    const text = table([{ title: 'topic' }, { title: 'what' }], [['orders', 'x'.repeat(200)]])
    expect(Math.max(...text.split('\n').map(line => line.length))).toBe(80)
    expect(text).toContain('...')
  })

  it('writes pairs with their names in line', () => {
    expect(
      pairs([
        ['topic', 'orders'],
        ['lag', '5 messages'],
      ]),
    ).toBe('topic  orders\nlag    5 messages\n')
  })
})

describe('formatTime', () => {
  it('says UTC and the local zone', () => {
    expect(formatTime('2026-01-02T03:04:05Z', 'UTC')).toBe('2026-01-02 03:04:05 UTC')
    expect(formatTime('2026-01-02T03:04:05Z', 'Europe/Berlin')).toBe('2026-01-02 03:04:05 UTC (04:04:05 Europe/Berlin)')
    expect(formatTime('2026-01-02T03:04:05Z', 'America/New_York')).toBe(
      '2026-01-02 03:04:05 UTC (2026-01-01 22:04:05 America/New_York)',
    )
  })
})

describe('confirm', () => {
  it('is answered by --yes', async () => {
    await confirm(fakeIo().io, 'Go on?', true)
  })

  it('takes a typed yes and nothing else', async () => {
    await confirm(fakeIo({}, ['yes']).io, 'Go on?', false)
    for (const answers of [['y'], ['no'], []])
      await expect(confirm(fakeIo({}, answers).io, 'Go on?', false)).rejects.toThrow('Not confirmed')
  })

  it('names the flag where there is no terminal', async () => {
    await expect(confirm(fakeIo().io, 'Go on?', false)).rejects.toMatchObject({
      exitCode: 2,
      hint: expect.stringContaining('--yes'),
    })
  })

  it('wants the exact name to destroy', async () => {
    const question = { question: 'Discard orders?', name: 'orders' }
    await confirmName(fakeIo().io, { ...question, given: 'orders' })
    await confirmName(fakeIo({}, ['orders']).io, { ...question, given: undefined })
    await expect(confirmName(fakeIo().io, { ...question, given: 'order' })).rejects.toThrow(
      '--confirm order is not the name',
    )
    await expect(confirmName(fakeIo({}, ['yes']).io, { ...question, given: undefined })).rejects.toThrow(
      'Not confirmed',
    )
    await expect(confirmName(fakeIo().io, { ...question, given: undefined })).rejects.toMatchObject({
      hint: expect.stringContaining('--confirm orders'),
    })
  })
})

describe('progressOf', () => {
  const view: ProgressView = { done: 10n, total: 1000n, perSecond: 5, etaSeconds: 198, state: 'running' }
  const present = { format: 'text', color: false, quiet: false } as const

  it('writes a line where there is no terminal, and another only when the state changes or time has passed', () => {
    const { io, err } = fakeIo()
    const progress = progressOf(io, present)
    progress.show(view)
    progress.show({ ...view, done: 11n })
    progress.show({ ...view, state: 'held', reason: 'member seen: app-1@10.0.0.7' })
    progress.stop()
    expect(err()).toBe(
      'running 10 of 1,000 messages, 5/s, ETA 3 min 18 s\nheld: member seen: app-1@10.0.0.7 (10 of 1,000 messages)\n',
    )
  })

  it('is silent when quiet', () => {
    const { io, err } = fakeIo()
    progressOf(io, { ...present, quiet: true }).show(view)
    expect(err()).toBe('')
  })
})
