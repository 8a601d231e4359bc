import { expect, it } from 'vitest'
import type { QueuePolicy } from '../../../../../src/core/queue-survey.js'
import { planQueueDrain } from '../../../../../src/drain/queue/plan.js'
import { watchPolicies } from '../../../../../src/verbs/rabbitmq/drain/watch-policies.js'
import { aPolicy, aQueueSurvey, someQueueOptions } from '../../../drain/queue/a-queue-survey.js'

const plan = planQueueDrain(aQueueSurvey(), someQueueOptions())
const ttl = aPolicy({ name: 'short', pattern: '^orders', definition: { 'message-ttl': 1000 } })
const TTL = 'Policy short puts message-ttl=1000 on the temporary queues orders.spill.20261121-1200-k3f9.*'

/** What the watch did, look by look. */
async function watched(looks: readonly (readonly QueuePolicy[] | undefined)[]): Promise<string[]> {
  const over = new AbortController()
  const said: string[] = []
  let look = 0
  await watchPolicies(
    {
      plan,
      everyMs: 1,
      policies: async () => {
        if (look === looks.length - 1) over.abort()
        return looks[look++]
      },
      gate: {
        hold: reason => said.push(`hold ${reason}`) > 0,
        release: reason => said.push(`release ${reason}`) > 0,
      },
      warn: async message => void said.push(`warn ${message}`),
    },
    over.signal,
  )
  return said
}

it('a policy that expires messages of the lanes holds the run until it is gone', async () => {
  expect(await watched([[], [ttl], []])).toEqual([
    `hold ${TTL}`,
    `warn ${TTL}: what it took from them before it was seen is gone`,
    `release ${TTL}`,
  ])
})

it('a limit below what is copied holds it, and one above does not', async () => {
  const limit = (most: number) => aPolicy({ name: 'cap', definition: { 'max-length': most, overflow: 'drop-head' } })
  expect((await watched([[limit(10)]]))[0]).toContain('hold Policy cap puts max-length=10 on the temporary queues')
  expect(await watched([[limit(1_000_000_000)]])).toEqual([])
})

it('one that a harmless policy hides, or that is on other queues, does not', async () => {
  expect(await watched([[ttl, aPolicy({ priority: 5 })], [{ ...ttl, pattern: '^payments' }]])).toEqual([])
})

it('what is held stays held while nobody tells', async () => {
  const said = await watched([[ttl], undefined, undefined])
  expect(said.filter(line => line.startsWith('release'))).toEqual([])
})

it('one that comes after the last look is told at the end, and holds nothing any more', async () => {
  const over = new AbortController()
  const said: string[] = []
  const looks = [[], [ttl]]
  await watchPolicies(
    {
      plan,
      everyMs: 60_000,
      looked: () => over.abort(),
      policies: async () => looks.shift(),
      gate: { hold: reason => said.push(`hold ${reason}`) > 0, release: () => false },
      warn: async message => void said.push(`warn ${message}`),
    },
    over.signal,
  )
  expect(said).toEqual([`warn ${TTL}: what it took from them before it was seen is gone`])
})
