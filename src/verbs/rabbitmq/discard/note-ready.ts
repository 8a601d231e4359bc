import type { RunSoFar } from '../../../core/fold.js'
import type { Recorder } from '../../run/recorder.js'

/** How the journal notes how many messages were ready as a run began. */
const NOTE = 'messages ready at the start: '

/** How many messages were ready as the run began; undefined where it has not begun. Pure. */
export function readyNoted({ steered }: Pick<RunSoFar, 'steered'>): number | undefined {
  const noted = steered.find(({ what }) => what.startsWith(NOTE))
  return noted === undefined ? undefined : Number(noted.what.slice(NOTE.length))
}

/** Notes it: what is missing after a kill is told by it. */
export const noteReady =
  (recorder: Recorder, now: () => Date) =>
  (messages: number): Promise<void> =>
    recorder.record({ type: 'steered', at: now().toISOString(), what: `${NOTE}${messages}`, by: 'spillway' })

/** How the journal notes a lost connection, and what came back once it was made anew. */
const LOST = 'connection lost, acks with it'
const AGAIN = 'came back after they were acked: '

/** Messages that came back so far, and whether a loss was noted behind which nothing is noted. Pure. */
export function againNoted({ steered }: Pick<RunSoFar, 'steered'>): {
  readonly messages: number
  readonly open: boolean
} {
  const notes = steered.filter(({ what }) => what === LOST || what.startsWith(AGAIN))
  const numbers = notes.flatMap(({ what }) => (what === LOST ? [] : [Number(what.slice(AGAIN.length))]))
  return { messages: numbers.reduce((sum, each) => sum + each, 0), open: notes.at(-1)?.what === LOST }
}

/** Notes them. */
export const notingLosses = (recorder: Recorder, now: () => Date) => {
  const note = (what: string) => recorder.record({ type: 'steered', at: now().toISOString(), what, by: 'spillway' })
  return { noteLoss: () => note(LOST), noteAgain: (messages: number) => note(`${AGAIN}${messages}`) }
}

/** Notes messages that came back after their acks and were known again, as a warning: somebody's server has crashed. */
export const notingKnown =
  (recorder: Recorder, now: () => Date) =>
  (messages: number): Promise<void> => {
    const came = messages === 1 ? '1 message came' : `${messages} messages came`
    const message = `${came} back to the queue after the acks, as a server that crashed may forget them; let go again, in archive and sheet once`
    return recorder.record({ type: 'warned', at: now().toISOString(), message })
  }
