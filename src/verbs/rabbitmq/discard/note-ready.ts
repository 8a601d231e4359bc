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
