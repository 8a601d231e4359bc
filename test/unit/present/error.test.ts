import { describe, expect, it } from 'vitest'
import { BrokerError, Refusal, Stopped, UserError } from '../../../src/errors.js'
import { classify, errorText, printError } from '../../../src/present/error.js'
import { fakeIo } from '../commands/fake-io.js'

const systemError = (code: string) => Object.assign(new Error(`${code}: x, open '/p'`), { code, syscall: 'open' })

describe('printError', () => {
  it('prints what happened, all details, then what to do', () => {
    const error = new Refusal('The group has members', {
      hint: 'Stop them.',
      details: [{ at: 'app-1', message: '10.0.0.7' }, { message: 'and more' }],
    })
    expect(errorText(error)).toBe('spillway: The group has members\n  app-1: 10.0.0.7\n  and more\n  Stop them.\n')
  })

  it('adds no second document to standard output', () => {
    const { io, out } = fakeIo()
    expect(printError(new Refusal('no'), { io, json: true, printed: true })).toBe(4)
    expect(out()).toBe('')
  })

  it('masks secrets in message, hint, details and stack', () => {
    const { io, out, err } = fakeIo({ SPILLWAY_DEBUG: '1' })
    io.secrets?.add('hunter2')
    const details = [{ at: 'x', message: 'hunter2' }]
    const error = new UserError('login ops:hunter2 failed at kafka://ops:other@h/t', { hint: 'hunter2?', details })
    expect(printError(error, { io, json: true, printed: false })).toBe(2)
    expect(out() + err()).not.toMatch(/hunter2|other@/)
  })

  it('shows a stack only under SPILLWAY_DEBUG', () => {
    const shown = (env: Record<string, string>) => {
      const { io, err } = fakeIo(env)
      expect(printError(new TypeError('x is not a function'), { io, json: false, printed: false })).toBe(1)
      return err()
    }
    expect(shown({})).not.toContain('    at ')
    expect(shown({})).toContain('mistake in Spillway')
    expect(shown({ SPILLWAY_DEBUG: '1' })).toContain('    at ')
  })
})

describe('classify', () => {
  it.each([
    [new BrokerError('gone', { retry: true }), 1, 'broker'],
    [systemError('ENOENT'), 2, 'file'],
    [systemError('EACCES'), 2, 'file'],
    [systemError('ENOSPC'), 1, 'system'],
    ['a string', 1, 'bug'],
    [new AggregateError([new Refusal('taken', { code: 'taken' }), new Error('and so')]), 4, 'taken'],
  ])('gives %s the exit code %i', (thrown, exitCode, code) => {
    expect(classify(thrown)).toMatchObject({ exitCode, code })
  })

  it('takes an abort for the stop that caused it', () => {
    const stop = new AbortController()
    stop.abort(new Stopped('SIGTERM'))
    const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' })
    expect(classify(aborted, stop.signal)).toMatchObject({ exitCode: 143, message: 'Stopped by SIGTERM' })
  })
})
