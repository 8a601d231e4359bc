import type { MissingFrom } from '../core/missing-from.js'
import type { SeenId } from '../core/seen-id.js'

/** `--missing-from`: a list of what is missing, or a place where it would have been seen. */
export type MissingAsked =
  | { readonly kind: 'path'; readonly path: string; readonly seenId: SeenId }
  | { readonly kind: 'place'; readonly text: string; readonly seenId: SeenId }

/** The same as it was typed, or as a plan has it. */
export type MissingGiven = MissingAsked | MissingFrom
