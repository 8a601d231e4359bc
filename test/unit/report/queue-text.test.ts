import { describe, expect, it } from 'vitest'
import { planQueueDrain } from '../../../src/drain/queue/plan.js'
import { queueWaysOut } from '../../../src/drain/queue/ways-out.js'
import { queueCommandsText } from '../../../src/report/queue-commands-text.js'
import { describeQueuePlan } from '../../../src/report/queue-plan-text.js'
import { queueSurveyLine, queueSurveyText } from '../../../src/report/queue-survey-text.js'
import { aBlindSurvey, aNode, aPolicy, aQueueSurvey, someQueueOptions } from '../drain/queue/a-queue-survey.js'

const told = (survey = aQueueSurvey()) => queueSurveyText({ ...survey, waysOut: queueWaysOut(survey) })
const planned = (survey = aQueueSurvey(), options = someQueueOptions()) =>
  describeQueuePlan(planQueueDrain(survey, options), { zone: 'UTC' })
// Commands and addresses stay whole, to be pasted.
const tooLong = (text: string) =>
  text.split('\n').filter(line => line.length > 80 && !/rabbitmqctl|spillway|^SURVEY/.test(line))

describe('the survey of a queue', () => {
  it('answers first, in 80 columns', () => {
    const text = told()
    expect(text.split('\n')[1]).toBe('BACKLOG    100,000 ready in orders, 97.7 MiB of bodies')
    expect(text).toContain('READERS    stopped: no consumers')
    expect(tooLong(text)).toEqual([])
    expect(tooLong(told(aBlindSurvey()))).toEqual([])
  })

  it('names what is in force, and what sets it', () => {
    const settings = {
      messageTtl: { value: 3_600_000, by: 'policy ttl' },
      deadLetterExchange: { value: '', by: 'argument x-dead-letter-exchange' },
    }
    const text = told(aQueueSurvey({ queue: { settings, policy: 'ttl' } })).replace(/\s+/g, ' ')
    expect(text).toContain(
      'TTL 1 h (policy ttl); dead-letter-exchange (default exchange) (argument x-dead-letter-exchange)',
    )
    expect(text).toContain('policies policy ttl')
  })

  it('says that a message may be lost at any moment, and how', () => {
    const firstExpiry = { low: 0, high: 600, by: 'policy ttl', what: 'the head message is dropped' }
    expect(told(aQueueSurvey({ total: { firstExpiry } }))).toContain(
      'LOSS       AT ANY MOMENT, at the latest in 10 min: the head message is dropped',
    )
  })

  it('fits into a line for a watch', () => {
    expect(queueSurveyLine(aQueueSurvey())).toBe(
      '2026-11-21 12:00:00 UTC  orders: 100,000 ready, 0 unacked, grows 0/s, read 0/s, 0 consumers\n',
    )
  })
})

describe('the plan of a queue', () => {
  it('says what will happen, and ends in the command that does it', () => {
    const text = planned()
    expect(text).toContain('Move 100,000 messages (about 97.7 MiB), the backlog of orders, into 10')
    expect(text.trimEnd().split('\n').at(-1)).toBe('spillway drain amqp://ops@one:5672//orders --factor 10 --execute')
    expect(tooLong(text).filter(line => !line.startsWith('  kubectl'))).toEqual([])
  })

  it('gives the command the choices that were made', () => {
    const options = someQueueOptions({ lanes: 3, key: 'header:customer id', first: 5, until: 'caught-up' })
    expect(planned(aQueueSurvey(), options)).toContain(
      "--factor 3 --key 'header:customer id' --until caught-up --first 5 --execute",
    )
  })

  it('shows refusals so that nobody overlooks them', () => {
    const survey = aQueueSurvey({
      nodes: [aNode({ diskAlarm: true })],
      policies: [aPolicy({ definition: { 'message-ttl': 1 } })],
    })
    expect(planned(survey)).toContain('!!! REFUSED: --execute would do nothing now, for 2 reasons')
  })

  it('has commands of other tools that confirm it', () => {
    expect(queueCommandsText(planQueueDrain(aQueueSurvey(), someQueueOptions()))).toContain(
      'rabbitmqctl -q list_queues -p / name messages | grep -F orders.spill.20261121-1200-k3f9.',
    )
  })
})

describe('a queue with an awkward name', () => {
  it('stays one word of the shell in every command', () => {
    const text = planned(aQueueSurvey({ queue: { name: "it's; odd" } }))
    const commands = text.split('\n').filter(line => /^ *(rabbitmqctl|spillway)/.test(line))
    expect(commands.find(line => line.includes('list_consumers'))).toContain(String.raw`grep -F 'it'\''s; odd'`)
    for (const line of commands) expect(line.replaceAll(String.raw`'\''`, '').split("'").length % 2, line).toBe(1)
  })
})
