import { SingleBar } from 'cli-progress'
import { formatCount, formatDuration, formatRate } from '../core/quantity.js'
import type { Io, Presentation } from '../io.js'

/** One look at a run. `perSecond` in messages; `etaSeconds` absent while it is not known. */
export type ProgressView = {
  readonly done: bigint
  readonly total: bigint
  readonly perSecond: number
  readonly etaSeconds?: number
  /** running, held, stopping… */
  readonly state: string
  /** Why it is held. */
  readonly reason?: string
}

/** Shows views on standard error. Cannot throw and cannot slow a run; `stop` leaves the cursor on a fresh line. */
export type Progress = { show(view: ProgressView): void; stop(): void }

/** A bar on a terminal; elsewhere a line now and then; nothing with `--quiet`. */
export const progressOf = (io: Io, present: Presentation): Progress => {
  if (present.quiet) return { show: () => undefined, stop: () => undefined }
  return 'isTTY' in io.err && io.err.isTTY === true && io.env.TERM !== 'dumb' ? bar(io) : lines(io)
}

const bar = (io: Io): Progress => {
  const single = new SingleBar({
    stream: io.err,
    format: '[{bar}] {percentage}% {text}',
    barsize: 20,
    barCompleteChar: '#',
    barIncompleteChar: '-',
    fps: 5,
    // Signals are handled in one place; the library must not listen for its own.
    gracefulExit: false,
    hideCursor: false,
    linewrap: false,
    emptyOnZero: true,
  })
  let started = false
  const start = (view: ProgressView): void => {
    single.start(Number(view.total), Number(view.done), { text: progressText(view) })
    started = true
  }
  const update = (view: ProgressView): void => {
    single.setTotal(Number(view.total))
    single.update(Number(view.done), { text: progressText(view) })
  }
  return { show: view => (started ? update(view) : start(view)), stop: () => single.stop() }
}

const SECOND = 1000

// Often at first, rarely later: every second, after half a minute every 5 s, after five minutes every 30 s.
const pause = (elapsed: number): number =>
  elapsed < 30 * SECOND ? SECOND : elapsed < 300 * SECOND ? 5 * SECOND : 30 * SECOND

const lines = (io: Io): Progress => {
  const start = io.now().getTime()
  let last = Number.NEGATIVE_INFINITY
  let shown = ''
  const show = (view: ProgressView): void => {
    const now = io.now().getTime()
    const headline = `${view.state} ${view.reason ?? ''}`
    if (headline === shown && now - last < pause(now - start)) return
    last = now
    shown = headline
    io.err.write(`${progressText(view)}\n`)
  }
  return { show, stop: () => undefined }
}

/** A view in words: `running 12,000 of 1,000,000, 3,000/s, ETA 5 min 29 s`, or `held: member seen`. */
export const progressText = ({ done, total, perSecond, etaSeconds, state, reason }: ProgressView): string => {
  const counts = `${formatCount(done)} of ${formatCount(total)} messages`
  if (reason !== undefined) return `${state}: ${reason} (${counts})`
  const eta = etaSeconds === undefined ? 'ETA unknown' : `ETA ${formatDuration(etaSeconds)}`
  return `${state} ${counts}, ${formatRate(perSecond)}, ${eta}`
}
