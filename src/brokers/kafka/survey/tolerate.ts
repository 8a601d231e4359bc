import { SpillwayError } from '../../../errors.js'

/** Asks for something that a survey can do without; where the cluster refuses, notes it and gives the fallback. */
export type Tolerate = <T>(what: string, asked: Promise<T>, otherwise: T) => Promise<T>

/** A survey must not fail because one of its lesser facts is forbidden or not supported: the reader is told instead. */
export const tolerating =
  (notes: string[]): Tolerate =>
  async (what, asked, otherwise) => {
    try {
      return await asked
    } catch (error) {
      if (!(error instanceof SpillwayError)) throw error
      notes.push(`Unknown: ${what} (${error.message}${error.hint === '' ? '' : `; ${error.hint}`})`)
      return otherwise
    }
  }
