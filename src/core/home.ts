import { homedir } from 'node:os'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** Folder that holds `runs/ID/`: `$SPILLWAY_HOME`, else `spillway` in the XDG state folder (XDG Base Directory 0.8). */
export const homeFolder = (env: Env): string =>
  env.SPILLWAY_HOME || join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'spillway')

/** Folder of one run, or of all of them. */
export const runsFolder = (env: Env): string => join(homeFolder(env), 'runs')
