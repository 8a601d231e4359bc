import { describe, expect, it } from 'vitest'
import { discardRequest } from '../../../../src/commands/discard-request.js'
import { Problems } from '../../../../src/commands/problems.js'
import { planDiscard } from '../../../../src/discard/plan.js'
import { discardAgain } from '../../../../src/verbs/discard/command-again.js'
import { aTopicLook, someOptions } from '../../discard/a-look.js'

const COMMON = { execute: false, yes: false, waitMs: 0, config: './s.yaml' }
const NOW = new Date('2026-11-21T13:00:00Z')

const again = (flags: object, source = 'prod/orders?group=billing') => {
  const request = discardRequest({ args: [source], flags, common: COMMON, problems: new Problems() }, NOW)
  const { scope, maxMessages, rate, consumersStopped } = request
  const options = someOptions({
    scope,
    consumersStopped,
    ...(maxMessages === undefined ? {} : { maxMessages }),
    ...(rate === undefined ? {} : { rate }),
  })
  return discardAgain(request, planDiscard(aTopicLook(), options))
}

describe('discardAgain', () => {
  it('says all that was said, and the name that must be typed', () => {
    const flags = { olderThan: '2h', archive: '/mnt/a b', freeDisk: true, maxMessages: '5k', rate: '10MB', tz: 'UTC' }
    expect(again({ ...flags, consumersStopped: true, takeOver: true })).toBe(
      "spillway discard 'prod/orders?group=billing' --older-than 2h --max-messages 5000 --archive '/mnt/a b' --free-disk --rate 10000000B --tz UTC --consumers-stopped --take-over --confirm orders --config ./s.yaml",
    )
  })

  it('keeps a user, but never a password', () => {
    const source = 'kafka://ops:hunter2@one:9092/orders?group=billing'
    expect(again({ all: true, noArchive: true }, source)).toBe(
      "spillway discard 'kafka://ops@one:9092/orders?group=billing' --all --no-archive --confirm orders --config ./s.yaml",
    )
  })
})
