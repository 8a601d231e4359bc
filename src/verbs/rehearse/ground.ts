import { mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Io } from '../../io.js'
import { labHome } from '../../lab/home.js'

/** How to come by a broker. `say` gets progress, a line at a time. */
export type GroundRequest = { readonly keep: boolean; readonly say: (line: string) => void }

/** A folder beside the labs, so that a rehearsal leaves no run among the real ones. */
export async function makeHome(env: Io['env']): Promise<string> {
  await mkdir(labHome(env), { recursive: true })
  return mkdtemp(join(labHome(env), 'rehearsal-'))
}

/** The name of this rehearsal's lab; two at once do not meet. */
export const labName = (): string => `rehearsal-${process.pid}`
