import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { brokers } from './brokers.js'
import { aScene, document, drain, GO, JSON_OUT, newHome, plan, refused, run, runsOf, told } from './cli.js'
import { expectNothingLost, expectOrderPerKey } from './messages.js'

describe.each(brokers)('looking, on $name (P1)', broker => {
  it('changes nothing and consumes nothing: survey, plan, saved plan, dry apply', async () => {
    const scene = await aScene(broker, 500)
    const { source, shown, messages } = scene.backlog
    const before = await broker.picture(scene.backlog)

    const survey = document(await run(scene, ['survey', source, '--window', '1s', ...JSON_OUT]))
    expect(survey).toMatchObject({ version: 1, source: shown, warnings: expect.any(Array) })
    expect(survey).toHaveProperty('waysOut', expect.arrayContaining([expect.objectContaining({ name: 'drain' })]))

    const file = join(scene.home, 'plan.json')
    const drawn = await plan(scene, ['--save', file])
    const envelope = told(drawn, { more: ['plan'] })
    expect(envelope).toMatchObject({
      verb: 'drain',
      source: shown,
      state: 'planned',
      ledger: { read: '0', written: '0', parked: '0', dropped: '0' },
      balanced: true,
      startedAt: null,
      endedAt: null,
      refusals: [],
    })
    const shownPlan = told(await run(scene, ['apply', file, ...JSON_OUT]), { more: ['plan', 'changes'] })
    expect(shownPlan).toMatchObject({ run: envelope.run, state: 'planned', refusals: [] })

    expect(await broker.picture(scene.backlog)).toEqual(before)
    expect(await runsOf(scene)).toEqual([])
    const held = await broker.inSource(scene.backlog)
    expect(expectNothingLost(held, messages)).toBe(0)
    expectOrderPerKey([held])
    expect(held.filter(({ redelivered }) => redelivered)).toEqual([])
  })

  it('says beforehand what each step does, how it is undone, and what may be there twice (P3, P8)', async () => {
    const scene = await aScene(broker, 50)
    const { plan: drawn } = document(await plan(scene)) as { plan: Record<string, unknown> }
    expect(drawn).toMatchObject({
      kind: 'drain',
      version: 1,
      source: scene.backlog.shown,
      duplicatesAtMost: expect.stringMatching(broker.guarantee),
      undoPossibleUntil: expect.stringMatching(/./),
      digest: expect.stringMatching(/^sha256:/),
      stopCommands: expect.arrayContaining([expect.any(String)]),
      expect: { messages: '50', binding: expect.any(String) },
    })
    for (const step of drawn.steps as object[])
      expect(step).toEqual({ title: expect.any(String), undo: expect.any(String), undoUntil: expect.any(String) })
    const text = await run(scene, ['drain', scene.backlog.source, '--consumers-stopped'])
    expect(text.code, text.stderr).toBe(0)
    expect(text.stdout).toContain('--execute')
    expect(text.stdout).toMatch(/undo/i)
  })
})

describe.each(brokers)('a live consumer of the source, on $name', broker => {
  it('is listed by the dry run (0), refuses --execute (4), and is waited for with --wait', async () => {
    const scene = await aScene(broker, 200)
    const stop = await broker.consumer(scene.backlog)
    const listed = await plan(scene)
    expect(told(listed, { more: ['plan'] }).refusals).not.toEqual([])
    const no = refused(await drain(scene), 4)
    expect(no.hint).toMatch(/stop/i)
    expect([await runsOf(scene), await broker.temporary(scene.backlog)]).toEqual([[], []])
    const waiting = drain(scene, ['--wait', '120s'])
    await stop()
    expect(told(await waiting)).toMatchObject({ state: 'complete', ledger: { read: '200', written: '200' } })
  })
})

describe.each(brokers)('a plan that was saved, on $name', broker => {
  it('is applied by one of two at once, whatever their homes, and never again', async () => {
    const scene = await aScene(broker, 300)
    const file = join(scene.home, 'plan.json')
    const { run: id } = told(await plan(scene, ['--save', file]), { more: ['plan'] })
    const other = { ...scene, home: await newHome() }
    const apply = (where: typeof scene) => run(where, ['apply', file, ...GO, ...JSON_OUT])
    const both = await Promise.all([apply(scene), apply(other)])
    expect(both.map(each => each.code).sort(), both.map(each => each.stderr).join('\n')).toEqual([0, 4])
    const done = both.find(({ code }) => code === 0)
    if (done === undefined) throw new Error('neither')
    expect(told(done)).toMatchObject({ run: id, state: 'complete', ledger: { read: '300', written: '300' } })
    const winner = both[0]?.code === 0 ? scene : other
    expect(refused(await apply(winner), 4).code).toBe('run-exists')
    expect(refused(await apply({ ...scene, home: await newHome() }), 4).message).not.toBe('')
    expect(expectNothingLost((await broker.inLanes(scene.backlog)).flat(), scene.backlog.messages)).toBe(0)
  })

  it('is refused once it was edited (4), and is no plan where it is something else (2)', async () => {
    const scene = await aScene(broker, 20)
    const file = join(scene.home, 'plan.json')
    const drawn = document(await plan(scene, ['--save', file])) as { plan: object }
    const before = await broker.picture(scene.backlog)
    for (const [text, code, name] of [
      [JSON.stringify({ ...drawn.plan, maxDriftPercent: 90 }), 4, 'plan-edited'],
      [JSON.stringify({ ...drawn.plan, version: 99 }), 2, 'plan-version'],
      ['{}', 2, 'plan-unreadable'],
    ] as const) {
      await writeFile(file, text)
      expect(refused(await run(scene, ['apply', file, ...GO, ...JSON_OUT]), code).code).toBe(name)
    }
    expect(await broker.picture(scene.backlog)).toEqual(before)
  })
})
