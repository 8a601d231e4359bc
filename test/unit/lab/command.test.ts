import { expect, it } from 'vitest'
import { upRequest } from '../../../src/commands/lab.js'
import { fillRequest } from '../../../src/commands/lab-fill.js'
import { Problems } from '../../../src/commands/problems.js'

const common = { execute: false, yes: false, waitMs: 0 }
const given = <F>(flags: F, args: string[] = []) => ({ args, flags, common, problems: new Problems() })

it('asks for one broker of 4.1 where nothing is said', () => {
  expect(upRequest(given({}))).toEqual({
    services: ['kafka'],
    name: 'lab',
    brokers: 1,
    version: '4.1',
    tls: false,
    acl: false,
  })
})

it('reads every flag of up', () => {
  const flags = { name: 'b', brokers: '3', version: '3.9', sasl: 'scram-sha-512', tls: true, acl: true, heap: '1g' }
  expect(upRequest(given(flags, ['kafka']))).toEqual({ ...flags, services: ['kafka'], brokers: 3 })
})

it.each([
  [{ heap: 'big' }, '--heap'],
  [{ name: '../x' }, '--name'],
  [{ version: '2.8' }, '--version'],
  [{ acl: true }, '--acl'],
])('refuses %j', (flags, at) => {
  const asked = given(flags)
  upRequest(asked)
  expect(() => asked.problems.raise()).toThrow(at)
})

it('takes topic and group of a backlog from the address, and flags over the defaults', () => {
  const request = fillRequest(
    given({ records: '1M', batch: 'single', size: '2KiB', aborts: '0.1', spread: '2h' }, ['kafka://h:1/t?group=g']),
  )
  expect(request).toMatchObject({ topic: 't', place: { address: { brokers: ['h:1'] } } })
  expect(request.backlog).toMatchObject({ records: 1e6, batch: 'single', size: 2048, aborts: 0.1, group: 'g' })
  expect(request.backlog.spreadMs).toBe(7_200_000)
})

it('fills topic orders of the lab where nothing is said', () => {
  expect(fillRequest(given({}))).toMatchObject({ name: 'lab', topic: 'orders', backlog: { records: 100_000 } })
})

it('refuses two targets and two topics', () => {
  const asked = given({ name: 'b', topic: 'u' }, ['kafka://h:1/t'])
  fillRequest(asked)
  expect(() => asked.problems.raise()).toThrow('2 problems')
})
