import type { Fanning } from './ends.js'

/** Journals what an adapter has to tell; where the journal cannot take it, standard error still does. */
export const warnOf =
  ({ recorder, io }: Pick<Fanning, 'recorder' | 'io'>) =>
  (message: string): Promise<void> =>
    recorder.record({ type: 'warned', at: io.now().toISOString(), message }).catch((error: unknown) => {
      io.err.write(`warning: ${message} (not journalled: ${error instanceof Error ? error.message : error})\n`)
    })
