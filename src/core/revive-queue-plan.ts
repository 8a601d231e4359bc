import { defined } from './defined.js'
import type { NodeRoom, QueuePlan } from './queue-plan.js'
import { type JsonRecord, toBigint } from './revive.js'

const ROOM = ['memoryUsed', 'memoryLimit', 'diskFree', 'diskLimit', 'diskBound'] as const

/**
 * Gives the plan of a queue that came from JSON its bigints back; the digest has vouched for its shape. Throws TypeError
 * where a count is none.
 */
export const reviveQueuePlan = (raw: JsonRecord): QueuePlan => {
  const plan = raw as unknown as QueuePlan
  const { expect } = plan
  return {
    ...plan,
    lanes: plan.lanes.map(lane => ({ ...lane, messages: toBigint(lane.messages) })),
    nodes: plan.nodes.map(reviveNode),
    expect: {
      ...expect,
      messages: toBigint(expect.messages),
      bytes: toBigint(expect.bytes),
      pilesUp: toBigint(expect.pilesUp),
    },
  }
}

const reviveNode = (node: NodeRoom): NodeRoom => ({
  node: node.node,
  diskNeed: toBigint(node.diskNeed),
  ...defined(Object.fromEntries(ROOM.map(name => [name, node[name] === undefined ? undefined : toBigint(node[name])]))),
})
