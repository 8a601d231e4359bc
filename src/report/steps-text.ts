import type { Step } from '../core/plan.js'
import { item } from './layout.js'

/** The steps of a plan, numbered, each with its undo; one that begins with `no undo` says so without the word in front. */
export const stepLines = (steps: readonly Step[]): string[] => [
  'STEPS',
  ...steps.flatMap(({ title, undo, undoUntil }, index) => [
    ...item(`${String(index + 1).padStart(3)}. `, title),
    ...undoOf(undo, undoUntil),
  ]),
]

const undoOf = (undo: string, until: string): string[] => {
  if (undo === '') return []
  const text = until === '' ? undo : `${undo} (${until})`
  return undo.startsWith('no undo') ? item('     ', text) : item('     undo: ', text)
}
