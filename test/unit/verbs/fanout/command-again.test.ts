import { describe, expect, it } from 'vitest'
import type { FanoutRequest } from '../../../../src/commands/requests.js'
import { parseAddress } from '../../../../src/core/address.js'
import { planFanout } from '../../../../src/fanout/plan.js'
import { commandInManifest, fanoutAgain } from '../../../../src/verbs/fanout/command-again.js'
import { aLook, aSourceLook, DRAIN, someFanoutOptions } from '../../fanout/a-look.js'

const request = (changes: Partial<FanoutRequest>): FanoutRequest => ({
  execute: false,
  yes: false,
  waitMs: 0,
  of: { run: DRAIN },
  handler: { kind: 'exec', command: "./handle.sh 'a b'" },
  retries: 3,
  timeoutMs: 30_000,
  maxAhead: 10_000,
  consumersStopped: false,
  takeOver: false,
  ...changes,
})

describe('the command that a dry run prints', () => {
  it('is short where the defaults were taken', () => {
    const plan = planFanout(aLook(), someFanoutOptions())
    expect(fanoutAgain(request({}), plan)).toBe(`spillway fanout ${DRAIN} --exec './handle.sh '\\''a b'\\'''`)
  })

  it('has all that was chosen, and no password', () => {
    const options = { retries: 0, maxAhead: 50, park: 'file:/tmp/p', consumersStopped: true, rate: { messages: 9 } }
    const plan = planFanout(aSourceLook(), someFanoutOptions(options))
    const to = parseAddress('amqp://ann:secret@h//q')
    const given = request({
      of: { place: parseAddress('kafka://ops:secret@one:9092/orders?group=billing') },
      handler: { kind: 'to', place: to },
      config: 'my settings.yaml',
    })
    expect(fanoutAgain(given, plan)).toBe(
      "spillway fanout 'kafka://ops@one:9092/orders?group=billing' --to amqp://ann@h:5672//q --retries 0 --max-ahead 50 --park file:/tmp/p --rate 9 --consumers-stopped --config 'my settings.yaml'",
    )
  })
})

describe('the command in a manifest', () => {
  it('names the lanes by their address: the folder of the drain is not there', () => {
    const command = commandInManifest(aLook(), request({ workers: 4, rate: { messages: 9 } }))
    expect(command.slice(0, 4)).toEqual(['fanout', aLook().source, '--exec', "./handle.sh 'a b'"])
    expect(command).toEqual(expect.arrayContaining(['--workers', '4', '--rate', '9']))
    expect(command.slice(-2)).toEqual(['--execute', '--yes'])
  })

  it('takes the settings file where only that knows the cluster', () => {
    const look = aLook({ source: `prod/orders.spill.${DRAIN}?group=g` })
    expect(commandInManifest(look, request({}))).toContain('/etc/spillway/spillway.yaml')
  })
})
