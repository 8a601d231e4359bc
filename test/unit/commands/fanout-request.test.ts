import { describe, expect, it } from 'vitest'
import { fanoutRequest } from '../../../src/commands/fanout-request.js'
import { Problems } from '../../../src/commands/problems.js'
import { fakeIo } from './fake-io.js'
import { spillway } from './fake-process.js'

const RUN = '20261121-1200-k3f9'
const COMMON = { execute: false, yes: false, waitMs: 0 }
const { io } = fakeIo()
const parse = (flags: object, args = [RUN]) =>
  fanoutRequest({ args, flags, common: COMMON, problems: new Problems() }, io)

describe('fanoutRequest', () => {
  it('has the defaults of the contract', async () => {
    expect(await parse({ exec: './handle.sh' })).toEqual({
      ...COMMON,
      of: { run: RUN },
      handler: { kind: 'exec', command: './handle.sh' },
      retries: 3,
      timeoutMs: 30_000,
      maxAhead: 10_000,
      consumersStopped: false,
      takeOver: false,
    })
  })

  it('takes what has a slash or a colon for an address', async () => {
    const { of } = await parse({ exec: 'x' }, ['prod/orders?group=billing'])
    expect(of).toMatchObject({ place: { address: { cluster: 'prod', topic: 'orders', group: 'billing' } } })
    expect((await parse({ exec: 'x' }, ['amqp://h//q'])).of).toMatchObject({ place: { address: { queue: 'q' } } })
  })

  it('reads values with their units', async () => {
    const flags = {
      http: 'https://h/p',
      timeout: '2m',
      rate: '5k',
      maxParked: '2%',
      maxErrors: '50%',
      targetLatency: '80ms',
      maxRate: '1k',
      retries: '0',
    }
    expect(await parse({ ...flags, park: 'file:/tmp/p', maxAhead: '500' })).toMatchObject({
      handler: { kind: 'http', url: 'https://h/p' },
      timeoutMs: 120_000,
      rate: { messages: 5000 },
      maxParkedPercent: 2,
      maxErrorPercent: 50,
      pace: { targetLatencyMs: 80, maxRate: 1000 },
      retries: 0,
      park: { file: '/tmp/p' },
      maxAhead: 500,
    })
  })

  it('keeps a password of --to out of what is shown of the handler', async () => {
    const { handler } = await parse({ to: 'amqp://ann:secret@h//q' })
    expect(handler).toMatchObject({ kind: 'to', place: { credentials: { password: 'secret' } } })
  })

  it('needs no handler for somebody else’s image', async () => {
    const request = await parse({ as: 'kubernetes', image: 'shop/consumer:1' })
    expect(request).toMatchObject({ as: 'kubernetes', image: 'shop/consumer:1' })
    expect(request.handler).toBeUndefined()
  })
})

const fanout = (...flags: string[]) => spillway(['fanout', RUN, ...flags])

describe('the command line of fanout', () => {
  it.each([
    [[], '--exec, --worker, --http, --module, --to: none was given'],
    [['--exec', 'a', '--http', 'http://b'], '--exec and --http exclude each other'],
    [['--exec', '--execute'], '--exec: needs a value; "--execute" is a flag'],
    [['--module', '-x'], '--module: "-x" is a flag'],
    [['--worker', '10'], '--workers 10'],
    [['--exec', 'a', '--concurrency', '2'], 'Raise --workers instead'],
    [['--exec', 'a', '--rate', '0'], 'spillway pause RUN'],
    [['--exec', ''], '--exec: the value is empty'],
    [['--exec', 'a', '--park', ''], '--park: the value is empty'],
    [['--exec', 'a', 'more'], 'argument: "more" is one too many'],
    [['--to', '2026-01-01T00:00Z'], '--to: "2026-01-01T00:00Z" is a time'],
    [['--to', 'kafka://h/t?group=g'], '--to: A target has no group'],
    [['--http', 'h/p'], '--http: "h/p" is not a URL'],
    [['--http', 'https://a:b@h/p'], 'SPILLWAY_HTTP_LOGIN'],
    [['--exec', 'psql postgres://a:secret@h/db'], 'The command holds a password'],
    [['--exec', 'a', '--timeout', '30'], '--timeout: "30" is not a duration'],
    [['--exec', 'a', '--order', 'keys'], '--order: "keys" is not one of key, lane, none'],
    [
      ['--exec', 'a', '--target-latency', '80ms', '--min-rate', '9', '--max-rate', '5'],
      '--min-rate: 9 is more than --max-rate 5',
    ],
    [['--exec', 'a', '--max-rate', '5'], '--max-rate: belongs to --target-latency'],
    [['--exec', 'a', '--image', 'i'], '--image: belongs to --as kubernetes'],
    [['--as', 'systemd'], 'none was given'],
    [['--exec', 'a', '--workrs', '3'], 'Did you mean --workers?'],
  ])('refuses %j with 2', async (flags, words) => {
    const { code, out, err } = await fanout(...flags)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(words)
    expect(err).not.toContain('secret')
  })

  it('never guesses the run, and knows what is neither run nor address', async () => {
    expect(await spillway(['fanout', '--exec', 'a'])).toMatchObject({ code: 2 })
    expect((await spillway(['fanout', 'a b', '--exec', 'a'])).err).toContain('neither the id of a run nor an address')
    expect((await spillway(['fanout', 'h/t', '--group', 'g', '--exec', 'a'])).err).toContain(
      '--group: is for the lanes',
    )
  })
})
