import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A SPILLWAY_HOME for one run alone. */
export const newHome = (): Promise<string> => mkdtemp(join(tmpdir(), 'spillway-chaos-'))

/** The run in a home; undefined when its folder was not there yet as the process died. */
export async function newestRun(home: string): Promise<string | undefined> {
  const names = await readdir(join(home, 'runs')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names
    .filter(name => !name.startsWith('.'))
    .sort()
    .at(-1)
}
