import { describe, expect, it } from 'vitest'
import { EMPTY_LEDGER } from '../../../../src/core/ledger.js'
import { planDiscard } from '../../../../src/discard/plan.js'
import { discardWords } from '../../../../src/verbs/run/discard-words.js'
import { aQueueLook, aTopicLook, keepingNothing, RUN, someOptions } from '../../discard/a-look.js'

const kept = planDiscard(aTopicLook(), someOptions())
const gone = { ledger: { ...EMPTY_LEDGER, read: 3000n, dropped: 3000n } }
const words = (...[plan, ending, state]: [typeof kept, Parameters<typeof discardWords>[1], typeof gone?]) =>
  discardWords({ plan, given: { config: './s.yaml' } }, ending, state ?? gone)

describe('discardWords', () => {
  it('of a complete run say where all of it is, and how it is sent again', () => {
    const { headline, next } = words(kept, { kind: 'complete' })
    expect(headline).toContain(`let 3,000 messages of orders go; all of them are in /home/ops/runs/${RUN}/archive`)
    expect(next).toContain(`spillway replay archive:${RUN} --to kafka://one:9092/orders --config ./s.yaml`)
    expect(next).toContain('nothing to restore')
  })

  it('of one without an archive say that nothing is kept, and what was counted', () => {
    const { headline, next } = words(planDiscard(aTopicLook(), keepingNothing()), { kind: 'complete' })
    expect(headline).toContain('let 3,000 offsets of orders go; nothing of them is kept')
    expect(next).not.toContain('replay')
  })

  it('of one that found nothing say so, and name no archive', () => {
    const { headline, next } = words(kept, { kind: 'complete' }, { ledger: EMPTY_LEDGER })
    expect(headline).toContain('found nothing to let go in orders')
    expect(next).not.toContain('archive')
  })

  it('of a stopped or a failed one say how to carry it on', () => {
    expect(words(kept, { kind: 'stopped', by: 'aborted' }).next).toContain(`spillway resume ${RUN} --after-abort`)
    expect(words(kept, { kind: 'stopped', by: 'SIGINT' }).headline).toContain('the rest is still there')
    const failed = { kind: 'failed', code: 'x', message: 'broke', hint: 'mend', exitCode: 1 } as const
    expect(words(kept, failed)).toMatchObject({ headline: expect.stringContaining('broke') })
    expect(words(kept, failed).next).toContain(`spillway report ${RUN}`)
  })

  it('keep the user of a queue, whose plan knows it', () => {
    const plan = planDiscard(aQueueLook({ user: 'o p' }), someOptions({ how: 'ack' }))
    expect(words(plan, { kind: 'complete' }).next).toContain('--to amqp://o%20p@one:5672//orders')
  })
})
