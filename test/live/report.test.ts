import { describe, expect, inject, it } from 'vitest'
import { drained, json, workOff } from './restore-harness.js'

describe.each(['kafka41', 'kafka39'] as const)('report on %s', key => {
  const shared = inject(key)

  it('shows balance sheet, timeline and lanes, as text and as JSON', async () => {
    const run = await drained(shared)
    const text = await run.cli(['report', run.run])
    expect(text.code, text.stderr).toBe(0)
    expect(text.stdout).toContain('BALANCED: read = written + parked + dropped')
    expect(text.stdout).toContain('settled 3,000 messages')
    expect(text.stdout.split('\n').filter(line => line.length > 80)).toEqual([])
    const document = json(await run.cli(['report', run.run, '--output', 'json', '--commands']))
    expect(document).toMatchObject({
      run: run.run,
      verb: 'drain',
      state: 'complete',
      ledger: { read: '3000', written: '3000', parked: '0', dropped: '0' },
      originals: 'keep stopped (3000 unread in lanes)',
      report: { executions: 1, lost: [], doubted: [] },
    })
    expect(document.commands.length).toBeGreaterThan(5)
    await workOff(run)
    expect(json(await run.cli(['report', run.run, '--output', 'json'])).originals).toBe('may start')
  })

  it('names the known runs where it is asked about another', async () => {
    const run = await drained(shared, { fill: ['--records', '100'] })
    const unknown = await run.cli(['report', '20200101-0000-aaaa', '--output', 'json'])
    expect(unknown.code).toBe(2)
    expect(json(unknown).error).toMatchObject({ code: 'no-such-run', details: [{ at: run.run }] })
  })

  it('works without the cluster, and says that it did', async () => {
    const run = await drained(shared, { fill: ['--records', '100'] })
    const offline = await run.cli(['report', run.run, '--output', 'json', '--source', 'kafka://localhost:1/x?group=g'])
    expect(offline.code, offline.stderr).toBe(0)
    expect(json(offline)).toMatchObject({ balanced: true, originals: 'keep stopped (100 unread in lanes)' })
    expect(json(offline).warnings.join()).toContain('could not be looked at')
  })
})
