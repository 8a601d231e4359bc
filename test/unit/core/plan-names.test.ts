import { describe, expect, it } from 'vitest'
import { isKafkaPlan, isQueuePlan, namesOf, undoCommand } from '../../../src/core/plan-names.js'
import { planDrain } from '../../../src/drain/plan.js'
import { planQueueDrain } from '../../../src/drain/queue/plan.js'
import { aSurvey, someOptions } from '../drain/a-survey.js'
import { aQueueSurvey, someQueueOptions } from '../drain/queue/a-queue-survey.js'

const topic = planDrain(aSurvey(), someOptions())
const queue = (lanes: number) => planQueueDrain(aQueueSurvey(), someQueueOptions({ lanes }))

describe('namesOf', () => {
  it('calls a topic by its name, and what a run leaves beside it', () => {
    expect(namesOf(topic)).toEqual({
      source: topic.sourceTopic,
      target: topic.targetTopic,
      leaves: `${topic.targetTopic} and the claim on ${topic.group}`,
    })
  })

  it('calls temporary queues by the first and the last', () => {
    expect(namesOf(queue(10))).toMatchObject({ source: 'orders', target: 'orders.spill.20261121-1200-k3f9.00 … 09' })
    expect(namesOf(queue(1)).target).toBe('orders.spill.20261121-1200-k3f9.00')
  })

  it('takes a plan that does not say for one of Kafka', () => {
    expect([isKafkaPlan(topic), isQueuePlan(topic)]).toEqual([true, false])
    expect([isKafkaPlan(queue(2)), isQueuePlan(queue(2))]).toEqual([false, true])
  })
})

describe('undoCommand', () => {
  it('runs as it is printed: on Kafka with the word that nobody else reads the lanes', () => {
    expect(undoCommand(topic)).toBe(`spillway restore ${topic.run} --undo --no-groupless-readers`)
    expect(undoCommand(queue(1))).toBe('spillway restore 20261121-1200-k3f9 --undo')
  })
})
