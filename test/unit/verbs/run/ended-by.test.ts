import { describe, expect, it } from 'vitest'
import { RunError, Stopped } from '../../../../src/errors.js'
import { endedBy } from '../../../../src/verbs/run/execute.js'

const full = new RunError('The disk is full', { code: 'journal-full' })

describe('endedBy', () => {
  it('tells an abort from a wish that the journal could not take', () => {
    expect(endedBy(AbortSignal.abort(new Stopped('abort')), undefined)).toEqual({ aborted: true, failure: undefined })
    expect(endedBy(AbortSignal.abort(full), new Stopped('abort'))).toEqual({ aborted: false, failure: full })
    expect(endedBy(new AbortController().signal, full)).toEqual({ aborted: false, failure: full })
  })
})
