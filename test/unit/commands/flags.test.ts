import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drainRequest } from '../../../src/commands/drain-request.js'
import { rehearseRequest } from '../../../src/commands/practise.js'
import { Problems } from '../../../src/commands/problems.js'
import { spillway } from './fake-process.js'

const SOURCE = 'prod/orders?group=billing'
const COMMON = { execute: false, yes: false, waitMs: 0 }

describe('drainRequest', () => {
  const parse = (flags: object) => drainRequest({ args: [SOURCE], flags, common: COMMON, problems: new Problems() })

  it('has the defaults of the contract', () => {
    expect(parse({})).toEqual({
      ...COMMON,
      source: { address: { kind: 'kafka', cluster: 'prod', brokers: [], topic: 'orders', group: 'billing' } },
      until: 'now',
      cutOver: 'lanes-first',
      diskFree: new Map(),
      maxDriftPercent: 20,
      consumersStopped: false,
      takeOver: false,
    })
  })

  it('reads values with their units', () => {
    const flags = {
      rate: '10MB',
      first: '5k',
      diskFree: ['1=500GB', '2=1GiB'],
      maxDrift: '5%',
      exactlyOnce: 'counting',
      to: 'dr/copy',
    }
    expect(parse(flags)).toMatchObject({
      rate: { bytes: 10_000_000 },
      first: 5000,
      diskFree: new Map([
        [1, 500_000_000_000n],
        [2, 1_073_741_824n],
      ]),
      maxDriftPercent: 5,
      exactlyOnce: 'counting',
      to: { address: { cluster: 'dr', name: 'copy' } },
    })
  })
})

describe('rehearseRequest', () => {
  const parse = (flags: object) => rehearseRequest({ args: [], flags, common: COMMON, problems: new Problems() })

  it('rehearses on Kafka with a million messages, on RabbitMQ with a hundred thousand', () => {
    const usual = { scenario: 'backlog', broker: 'kafka', records: 1_000_000, database: true, keep: false }
    expect(parse({})).toEqual({ ...COMMON, ...usual })
    expect(parse({ broker: 'rabbitmq' })).toMatchObject({ broker: 'rabbitmq', records: 100_000 })
    expect(parse({ broker: 'rabbitmq', records: '5k', keep: true })).toMatchObject({ records: 5000, keep: true })
    expect(parse({ database: false })).toMatchObject({ database: false })
  })

  it('plays the scenarios about orders on RabbitMQ with ten thousand, and says what they cannot do', () => {
    expect(parse({ scenario: 'ttl' })).toMatchObject({ scenario: 'ttl', broker: 'rabbitmq', records: 10_000 })
    expect(parse({ scenario: 'full', records: '200' })).toMatchObject({ scenario: 'full', records: 200 })
    const asked = { scenario: 'full', broker: 'kafka', records: '30', database: false }
    const problems = new Problems()
    rehearseRequest({ args: [], flags: asked, common: COMMON, problems })
    expect(() => problems.raise()).toThrow('3 problems')
  })
})

const drain = ['drain', SOURCE]

describe('the command line', () => {
  it.each([
    [['rehearse', '--broker', 'rabitmq'], '--broker: "rabitmq" is not one of kafka, rabbitmq'],
    [['rehearse', '--broker', 'rabitmq'], 'Did you mean rabbitmq?'],
    [['rehearse', '--scenario', 'ttk'], 'Did you mean ttl?'],
    [[...drain, 'more'], 'argument: "more" is one too many'],
    [[...drain, '--to', '2024-01-01'], '--to: "2024-01-01" is a time'],
    [[...drain, '--until', '2024-01-01T00:00Z'], '--until: "2024-01-01T00:00Z" is a time'],
    [[...drain, '--rate', '0'], 'spillway pause RUN'],
    [[...drain, '--first', ''], '--first: the value is empty'],
    [[...drain, '--reason', ''], '--reason: the value is empty'],
    [[...drain, '--save', '--execute'], '--save: needs a value'],
    [[...drain, '--key', 'header:x'], '--key: is for RabbitMQ'],
    [[...drain, '--key', 'header'], '--key: "header" chooses no lane'],
    [[...drain, '--key', 'property:mesage-id'], 'Did you mean message-id?'],
    [[...drain, '--to', 'amqp://h//q'], '--to: is another kind of broker'],
    [[...drain, '--management', 'http://h:15672'], '--management: is for RabbitMQ'],
    [[...drain, '--queue-type', 'quorum'], '--queue-type: is for RabbitMQ'],
    [['drain', 'amqp://h//q', '--queue-type', 'stream'], 'not one of classic, quorum'],
    [['drain', 'amqp://h//q', '--management', 'h:15672'], '--management: This is not the address'],
    [['drain', 'amqp://h//q', '--to', 'kafka://h/t'], '--to: is another kind of broker'],
    [['drain', 'amqp://h//q', '--to', 'amqp://h//r'], '--to: is for Kafka so far'],
    [['drain', 'amqp://h//q', '--order', 'key'], '--order: key needs to know where'],
    [['drain', 'amqp://h//q', '--order', 'none', '--key', 'routing-key'], '--key: is of no use'],
    [['drain', 'amqp://h//q', '--exactly-once', 'counting'], '--exactly-once: is for Kafka'],
    [['drain', 'amqp://h//q', '--compress', 'zstd', '--group', 'g'], '2 problems with the command line'],
    [['drain', 'amqp://h/q'], 'names no queue'],
    [[...drain, '--factor', '10', '--lanes', '30'], '--factor and --lanes exclude each other'],
    [[...drain, '--order', 'keys'], 'Did you mean key?'],
    [[...drain, '--output', 'yaml'], '--output: "yaml" is not one of text, json'],
    [[...drain, '--facto', '10'], 'unknown option --facto'],
    [[...drain, '--disk-free', '500GB'], 'NODE=BYTES'],
    [[...drain, '--group'], "option '--group <name>' argument missing"],
    [['drain'], 'SOURCE is missing'],
    [['drain', ''], 'an argument is empty'],
    [['drain', 'kafka://h/orders'], 'names no group'],
    [['drain', 'kafka://h'], 'names no topic'],
    [['drain', 'prod'], 'names no topic and no queue'],
    [['survey'], 'SOURCE is missing'],
    [['survey', SOURCE, '--window', '10'], '--window: "10" is not a duration'],
    [['runs', '--cluster', 'prod/orders'], 'Only the cluster'],
    [['runs', '--cluster', 'amqp://h//q'], 'Only the cluster'],
    [['restore', '../x'], "'../x' is not the id of a run"],
    [['restore', 'r1', '--no-groupless-readers'], 'belongs to --undo'],
    [['resume', 'r1', '--adopt', SOURCE], 'RUN and --adopt exclude each other'],
    [['resume', 'r1', '--rate', '0'], 'spillway pause RUN'],
    [['set', 'r1', 'rate=0'], 'spillway pause RUN'],
    [['set', 'r1', 'speed=1'], 'unknown setting "speed"'],
    [['set', 'r1'], 'SETTING (rate=N) is missing'],
    [['apply'], 'FILE is missing'],
    [['completion', 'tcsh'], 'not one of bash, zsh, fish'],
  ])('refuses %j with 2', async (args, message) => {
    const { code, out, err } = await spillway(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
  })

  it('reports all problems at once', async () => {
    const { err } = await spillway([...drain, 'more', '--lanes', 'x', '--rate', '0', '--bogus', '--wait', 'soon'])
    expect(err).toContain('5 problems with the command line')
    for (const at of ['argument:', '--lanes:', '--rate:', '--bogus:', '--wait:']) expect(err).toContain(`  ${at}`)
  })

  it.each(['status', 'pause', 'resume', 'abort', 'restore', 'report', 'set'])(
    '%s never guesses a run, and lists them',
    async verb => {
      const home = await mkdtemp(join(tmpdir(), 'home-'))
      for (const run of ['20260101-0100-aaaa', '.half-written'])
        await mkdir(join(home, 'runs', run), { recursive: true })
      const { code, err } = await spillway([verb], { SPILLWAY_HOME: home })
      await rm(home, { recursive: true })
      expect(code).toBe(2)
      expect(err).toContain('20260101-0100-aaaa')
      expect(err).not.toContain('half-written')
    },
  )
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('writes verbs and flags for %s', async shell => {
    const { code, out } = await spillway(['completion', shell])
    expect(code).toBe(0)
    for (const word of ['survey', 'drain', 'finish', 'lab', 'cut-over', 'no-groupless-readers', 'fill'])
      expect(out).toContain(word)
  })
})
