import { describe, expect, it } from 'vitest'
import { applyRequest } from '../../../../src/commands/apply.js'
import { drainRequest } from '../../../../src/commands/drain-request.js'
import { Problems } from '../../../../src/commands/problems.js'
import { restoreRequest } from '../../../../src/commands/restore.js'
import { planDrain } from '../../../../src/drain/plan.js'
import { applyAgain, drainAgain, reachedBy, restoreAgain } from '../../../../src/verbs/run/command-again.js'
import { fakeIo } from '../../commands/fake-io.js'
import { aSurvey, someOptions } from '../../drain/a-survey.js'

const given = <Flags>(arg: string, flags: Flags) => ({
  args: [arg],
  flags,
  common: { execute: false, yes: false, waitMs: 0, config: 'my settings.yaml' },
  problems: new Problems(),
})
const plan = planDrain(aSurvey(), someOptions())
const DRAIN = "spillway drain 'kafka://one:9092/orders?group=billing' --factor 10"

describe('the command that a dry run prints', () => {
  it('of a drain has what the plan does not keep', () => {
    const flags = { diskFree: ['1=500GB', '2=1B'] }
    expect(drainAgain(drainRequest(given('prod/orders?group=billing', flags)), plan)).toBe(
      `${DRAIN} --config 'my settings.yaml' --disk-free 1=500000000000B --disk-free 2=1B`,
    )
    const queue = { management: 'http://m:1', queueType: 'quorum', takeOver: true }
    expect(drainAgain(drainRequest(given('amqp://h//orders', queue)), plan)).toBe(
      `${DRAIN} --config 'my settings.yaml' --management http://m:1 --take-over --queue-type quorum`,
    )
  })

  it('keeps the user of an address of Kafka, never its password', () => {
    const source = 'kafka://ann%40ops:hunter2@one:9092/orders?group=billing'
    const to = { to: 'kafka://bob:hunter3@two:9092/copy' }
    const request = drainRequest(given(source, to))
    const elsewhere = { ...plan, target: 'kafka://two:9092/copy', targetTopic: 'copy', targetClusterId: 'other' }
    expect(drainAgain(request, elsewhere)).toBe(
      "spillway drain 'kafka://ann%40ops@one:9092/orders?group=billing' --factor 10 --to kafka://bob@two:9092/copy --config 'my settings.yaml'",
    )
    expect(reachedBy('spillway resume RUN', request)).toBe(
      "spillway resume RUN --config 'my settings.yaml' --source 'kafka://ann%40ops@one:9092/orders?group=billing' --target kafka://bob@two:9092/copy",
    )
    expect(reachedBy('spillway resume RUN', drainRequest(given('amqp://ann:hunter2@h//orders', {})))).toBe(
      "spillway resume RUN --config 'my settings.yaml'",
    )
  })

  it('of a saved drain applies the file, whatever its name', () => {
    expect(drainAgain(drainRequest(given('prod/orders?group=billing', { save: 'a plan.json' })), plan)).toBe(
      "spillway apply 'a plan.json' --config 'my settings.yaml'",
    )
  })

  it('of apply keeps its limits', () => {
    const flags = { rate: '5k', maxDrift: '50%', source: 'kafka://u:hunter2@two/orders?group=billing' }
    expect(applyAgain(applyRequest(given("it's.json", flags)))).toBe(
      String.raw`spillway apply 'it'\''s.json' --config 'my settings.yaml' --source 'kafka://u@two:9092/orders?group=billing' --rate 5000 --max-drift 50%`,
    )
  })

  it('of restore looks at the same group', async () => {
    const request = await restoreRequest(given('20261121-1200-k3f9', { group: 'the fast ones' }), fakeIo().io)
    expect(restoreAgain(request, '--execute')).toBe(
      "spillway restore 20261121-1200-k3f9 --config 'my settings.yaml' --group 'the fast ones' --execute",
    )
  })
})
