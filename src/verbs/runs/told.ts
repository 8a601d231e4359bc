import type { Envelope } from '../../core/envelope.js'
import { SpillwayError } from '../../errors.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { classify, errorDocument } from '../../present/error.js'
import { toPrettyJson } from '../../present/json.js'
import type { Where } from '../system.js'
import { readRun } from './look.js'

/**
 * Does what a verb does to a run that began, before it has printed anything; where that fails, JSON is the run's envelope with the error
 * inside. Throws what the work throws.
 */
export async function told<T>(folder: RunFolder, { io, present }: Where, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    const envelope = present.format === 'json' ? await envelopeOf(folder, io.now()) : undefined
    const error = errorDocument(classify(thrown, io.soft), io.secrets)
    if (envelope !== undefined) io.out.write(toPrettyJson({ ...envelope, error }))
    throw thrown
  }
}

/** Undefined where the folder cannot be read: then the error stands alone, and may well be just that. */
const envelopeOf = (folder: RunFolder, now: Date): Promise<Envelope | undefined> =>
  readRun(folder, now).then(
    ({ envelope }) => envelope,
    (error: unknown) => {
      if (error instanceof SpillwayError) return undefined
      throw error
    },
  )
