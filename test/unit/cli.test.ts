import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { main } from '../../src/cli.js'
import { listenForStop } from '../../src/stop.js'
import { fakeProcess, spillway } from './commands/fake-process.js'

const SOURCE = 'kafka://localhost:1/orders?group=billing'
const VERBS =
  'survey status runs report drain apply restore pause resume set abort rehearse lab failpoints completion runbook'.split(
    ' ',
  )

describe('main', () => {
  it('prints help and version with 0', async () => {
    expect(await spillway(['--version'])).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    const help = await spillway(['--help'])
    expect(help).toMatchObject({ code: 0, err: '' })
    for (const verb of VERBS) expect(help.out).toMatch(new RegExp(`^  ${verb}\\b`, 'm'))
  })

  it.each(VERBS.filter(verb => verb !== 'lab' && verb !== 'runbook'))(
    'shows exit codes and an example in the help of %s',
    async verb => {
      const { code, out } = await spillway([verb, '--help'])
      expect(code).toBe(0)
      expect(out).toContain('Exit codes: 0')
      expect(out).toContain('Example')
      expect(
        Math.max(
          ...out
            .split('\n')
            .filter(line => /^ +(--|-h)/.test(line))
            .map(line => line.length),
        ),
      ).toBeLessThanOrEqual(80)
    },
  )

  it('wants a verb, and suggests one for a misspelt', async () => {
    expect(await spillway([])).toMatchObject({ code: 2, out: '' })
    const { code, err } = await spillway(['drian', SOURCE])
    expect(code).toBe(2)
    expect(err).toBe('spillway: unknown command "drian"\n  Did you mean drain?\n')
  })

  it.each(['audit'])('says that %s is not there yet, and what is', async verb => {
    const { code, err } = await spillway([verb, SOURCE, '--exec', 'CMD'])
    expect(code).toBe(2)
    expect(err).toMatch(new RegExp(`^spillway: ${verb} comes with a later version\\n.*spillway drain`))
  })

  it('takes common flags between lab and its verb, and says when there is none', async () => {
    expect(await spillway(['lab', '--output', 'json', 'status'])).toMatchObject({ code: 0, out: '[]\n' })
    expect((await spillway(['lab', '--quiet'])).err).toContain('lab needs a verb')
    expect((await spillway(['lab', '--bogus'])).err).toContain('lab needs a verb')
  })

  it('says that help was asked for a verb that is not there', async () => {
    const { code, err } = await spillway(['help', 'nosuch'])
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^spillway: There is no such verb\n.*--help/) })
  })

  it('prints one JSON document for an error, and the text on standard error', async () => {
    const { code, out, err } = await spillway(['drain', SOURCE, '--factor', 'x', '--output', 'json'])
    expect(code).toBe(2)
    expect(JSON.parse(out)).toEqual({
      error: {
        code: 'usage',
        message: '--factor: "x" is not a whole number above zero',
        hint: 'Write 500, 5k or 1M.',
        details: [{ at: '--factor', message: '"x" is not a whole number above zero. Write 500, 5k or 1M.' }],
      },
    })
    expect(err).toBe('spillway: --factor: "x" is not a whole number above zero\n  Write 500, 5k or 1M.\n')
  })

  it('takes common flags before the verb as well', async () => {
    const { code, out } = await spillway(['--output=json', 'status', '--wait', 'soon'])
    expect(code).toBe(2)
    expect(JSON.parse(out).error.message).toContain('--wait')
  })

  it('shows no password', async () => {
    const { code, out, err } = await spillway([
      'drain',
      'kafka://u:hunter2@h:1/t?group=g',
      'kafka://u:hunter2@h/u',
      '--output',
      'json',
    ])
    expect(code).toBe(2)
    expect(out + err).not.toContain('hunter2')
    expect(err).toContain('kafka://u:***@h/u')
  })

  it('keeps listening to nothing when it is done', async () => {
    const { proc } = fakeProcess(['--version'])
    await main(proc)
    const events = proc as unknown as EventEmitter
    expect(['SIGINT', 'SIGTERM', 'SIGHUP'].map(name => events.listenerCount(name))).toEqual([0, 0, 0])
  })
})

describe('standard output that takes nothing', () => {
  it.each([
    ['ENOSPC', 1, /^spillway: Standard output could not be written \(ENOSPC\)/],
    ['EPIPE', 0, /^$/],
  ])('with %s makes it exit %i', async (code, exit, words) => {
    const { proc, written } = fakeProcess(['failpoints'])
    const failure = Object.assign(new Error(code), { code })
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(failure) })
    expect(await main(Object.assign(proc, { stdout }))).toBe(exit)
    expect(written.err).toMatch(words)
  })
})

describe('listenForStop', () => {
  it('stops softly at the first press and hard at the second', () => {
    const proc = new EventEmitter()
    const stop = listenForStop(proc as unknown as NodeJS.Process)
    proc.emit('SIGTERM', 'SIGTERM')
    expect(stop.soft.reason).toMatchObject({ message: 'Stopped by SIGTERM', exitCode: 143 })
    expect(stop.hard.aborted).toBe(false)
    proc.emit('SIGINT', 'SIGINT')
    expect(stop.hard.reason).toMatchObject({ exitCode: 130 })
  })

  it('takes a closed terminal for one press, however often it comes', () => {
    const proc = new EventEmitter()
    const stop = listenForStop(proc as unknown as NodeJS.Process)
    proc.emit('SIGHUP')
    proc.emit('SIGHUP')
    expect([stop.soft.aborted, stop.hard.aborted]).toEqual([true, false])
  })
})
