import { describe, expect, it } from 'vitest'
import { remindOf } from '../../../../src/verbs/runs/unrestored.js'
import { fakeIo } from '../../commands/fake-io.js'

describe('remindOf', () => {
  it('warns of a home that cannot be read, and lets the command go on', async () => {
    const { io, err } = fakeIo({ SPILLWAY_HOME: '/dev/null' })
    await remindOf(io, { format: 'text', color: false, quiet: false })
    expect(err()).toMatch(/^warning: the runs of this home cannot be listed: ENOTDIR.*\n$/)
  })
})
