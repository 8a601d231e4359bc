import { homedir } from 'node:os'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The folder that holds every lab and the shared jars: `$SPILLWAY_LAB`, else `lab` in `$SPILLWAY_HOME`,
 * whose default is the XDG state folder (XDG Base Directory 0.8: `$XDG_STATE_HOME`, else `~/.local/state`).
 */
export function labHome(env: Env): string {
  if (env.SPILLWAY_LAB) return env.SPILLWAY_LAB
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state')
  return join(env.SPILLWAY_HOME || join(state, 'spillway'), 'lab')
}
