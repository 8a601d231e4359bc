import { expect, it } from 'vitest'
import { complaints } from '../../../../src/lab/rabbitmq/machine-node.js'

const at = '2026-11-21 06:04:14.060571+00:00'

it('finds the cause in a log: the first errors of the last start, before Erlang’s reports', () => {
  const log = `=== started by the lab
${at} [error] <0.1.0> of another life
=== started by the lab
${at} [info] <0.2.0> fine
${at} [error] <0.132.0> You've tried to set x, but there is no setting with that name.
${at} [error] <0.132.0> 
${at} [error] <0.132.0>   Did you mean one of these?
${at} [error] <0.132.0> BOOT FAILED
${at} [error] <0.130.0>   crasher:
Crash dump is being written to: erl_crash.dump...done`
  expect(complaints(log)).toEqual([
    "You've tried to set x, but there is no setting with that name.",
    '  Did you mean one of these?',
  ])
})

it('shows the end of a log without errors', () => {
  expect(complaints('=== started by the lab\nerl: command not found\n')).toEqual([
    '=== started by the lab',
    'erl: command not found',
  ])
})
