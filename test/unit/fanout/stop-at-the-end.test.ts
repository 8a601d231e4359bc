import { expect, it } from 'vitest'
import { DONE } from '../../../src/fanout/ports.js'
import { handlerOf, intakeOf, MemoryLane, message, play } from './stage.js'

it('does not call a lane finished that was read to its end, when a stop lets go of its last messages', async () => {
  const messages = Array.from({ length: 40 }, (_, offset) => message('0', offset, `k${offset}`))
  const lane = new MemoryLane(messages)
  const stop = new AbortController()
  let calls = 0
  const handler = handlerOf(async () => {
    if (++calls === 20) stop.abort(new Error('stop'))
    await new Promise(resolve => setTimeout(resolve, 2))
    return DONE
  }, 4)
  const { events } = await play({ intake: intakeOf([lane]), handler, soft: stop.signal })
  expect(lane.finished).toBe(true)
  // Whatever was let go is still there; a lane that is finished has nothing of that kind.
  const finished = events.filter(event => event.type === 'finished')
  expect(finished.map(({ mark }) => mark)).toEqual(lane.committed === 40 ? ['40'] : [])
})
