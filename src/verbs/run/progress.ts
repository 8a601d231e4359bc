import type { RunEvent } from '../../core/event.js'
import type { RunPlan } from '../../core/plan.js'
import type { Io, Presentation } from '../../io.js'
import { progressOf } from '../../present/progress.js'
import { foldProgress, noProgress, progressAt } from '../../report/progress.js'

const REDRAW_MS = 500

/** Draws a run's state on standard error: at each event, and in between so that a hold is seen to last. */
export function progressFor(plan: RunPlan, { io, present }: { io: Io; present: Presentation }) {
  const widget = progressOf(io, present)
  let state = noProgress(plan.lanes.reduce((sum, lane) => sum + lengthOf(lane), 0n))
  const draw = () => {
    const now = progressAt(state, io.now().getTime())
    widget.show({
      done: BigInt(Math.round(now.done)),
      total: BigInt(Math.round(now.total)),
      perSecond: now.messagesPerSecond,
      state: io.soft.aborted ? 'stopping' : now.state,
      ...(now.etaSeconds === undefined ? {} : { etaSeconds: now.etaSeconds.high }),
      ...(now.holdReason === undefined ? {} : { reason: now.holdReason }),
    })
  }
  const timer = setInterval(draw, REDRAW_MS).unref()
  return {
    show(event: RunEvent): void {
      state = foldProgress(state, event)
    },
    stop(): void {
      clearInterval(timer)
      widget.stop()
    },
  }
}

const NUMBER = /^\d+$/

/** From mark to mark; where marks are no numbers, the messages that are expected. */
const lengthOf = (lane: RunPlan['lanes'][number]): bigint => {
  if (NUMBER.test(lane.from) && NUMBER.test(lane.to)) return BigInt(lane.to) - BigInt(lane.from)
  return 'messages' in lane ? lane.messages : 0n
}
