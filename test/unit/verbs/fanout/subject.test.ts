import { describe, expect, it } from 'vitest'
import type { FanoutRequest } from '../../../../src/commands/requests.js'
import { parseAddress } from '../../../../src/core/address.js'
import { planDrain } from '../../../../src/drain/plan.js'
import { planFanout } from '../../../../src/fanout/plan.js'
import { createRun } from '../../../../src/journal/runs.js'
import { subjectOf, wholeOf } from '../../../../src/verbs/fanout/subject.js'
import { handledDrains } from '../../../../src/verbs/runs/handled.js'
import { fakeIo } from '../../commands/fake-io.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'
import { aLook, someFanoutOptions } from '../../fanout/a-look.js'
import { temporaryFolder } from '../../journal/home.js'

const drain = planDrain(aSurvey(), someOptions())
const fan = planFanout(aLook({ of: drain.run }), someFanoutOptions())
const at = drain.plannedAt
const subject = (of: FanoutRequest['of'], home = '/nowhere') =>
  subjectOf({ of } as FanoutRequest, { io: fakeIo({ SPILLWAY_HOME: home }).io })
const kindOf = async (address: string) => (await subject({ place: parseAddress(address) })).kind

describe('what fanout is about', () => {
  it('is lanes where the name is one of a temporary topic or of temporary queues', async () => {
    expect(await kindOf(`kafka://h/orders.spill.${drain.run}?group=g`)).toBe('lanes')
    expect(await kindOf(`amqp://h//orders.spill.${drain.run}`)).toBe('lanes')
    expect(await kindOf(`amqp://h//orders.spill.${drain.run}.00`)).toBe('source')
    expect(await kindOf('kafka://h/orders.spill.mine?group=g')).toBe('source')
  })

  it('is a drain by its run, whole once its journal says so; never a fan-out', async () => {
    const home = temporaryFolder()
    const folder = await createRun(home, drain)
    expect(await subject({ run: drain.run }, home)).toMatchObject({ kind: 'drain', isWhole: false })
    const isWhole = await wholeOf(fan, home)
    expect(await isWhole()).toBe(false)
    await folder.append({ type: 'ended', at, ending: { kind: 'complete' } })
    expect(await isWhole()).toBe(true)
    const others = await createRun(home, fan)
    await expect(subject({ run: fan.run }, home)).rejects.toMatchObject({ code: 'not-a-drain', exitCode: 2 })
    expect(await handledDrains(home)).toEqual(new Set())
    await others.append({ type: 'ended', at, ending: { kind: 'complete' } })
    expect(await handledDrains(home)).toEqual(new Set([drain.run]))
    await folder.append({ type: 'restored', at, how: 'restore', step: 'begun', what: 'x', topicId: '' })
    await expect(subject({ run: drain.run }, home)).rejects.toMatchObject({ code: 'restored', exitCode: 4 })
    await Promise.all([folder.close(), others.close()])
  })

  it('takes a drain without a folder here for whole', async () => {
    expect(await (await wholeOf({ of: '20261121-1200-zzzz' }, temporaryFolder()))()).toBe(true)
  })
})
