import type { RunSoFar } from '../../../core/fold.js'
import type { Recorder } from '../../run/recorder.js'

const TWICE = 'in the archive, perhaps twice: they came again, and could not be told from others'
const UNRESOLVED = 'in the archive, perhaps in the queue as well: the run ended before they were seen to be gone'

/** How many messages were told to be in doubt, by the journal so far; what was taken back is taken off. Pure. */
export function doubtsNoted({ doubted }: Pick<RunSoFar, 'doubted'>): {
  readonly twice: bigint
  readonly unresolved: bigint
} {
  const sum = (of: string) => doubted.reduce((all, { why, messages }) => (why === of ? all + messages : all), 0n)
  return { twice: sum(TWICE), unresolved: sum(UNRESOLVED) }
}

/** Notes them. Each time counts; a negative number takes back what was noted before. */
export const notingDoubts = (recorder: Recorder, queue: string, now: () => Date) => {
  const note = (why: string) => async (messages: number) => {
    const { state } = recorder
    const from = state.lanes.get(queue)?.mark || '0'
    await recorder.record({
      ...{ type: 'doubted', at: now().toISOString(), lane: queue, from, why, messages: BigInt(messages) },
      to: String(BigInt(from) + BigInt(Math.abs(messages))),
      occasion: state.doubted.length + 1,
    })
  }
  return { noteTwice: note(TWICE), noteUnresolved: note(UNRESOLVED) }
}
