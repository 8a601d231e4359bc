import { writeManifest } from './manifest.js'
import type { PieceFormat, SealFacts } from './ports.js'

export type Seal = { readonly folder: string; readonly format: PieceFormat; readonly facts: SealFacts }

/** Ends an archive: the manifest says what is in it. Throws RunError `archive-unwritable`. */
export async function seal({ folder, format, facts }: Seal): Promise<void> {
  await writeManifest(folder, format, facts)
}
