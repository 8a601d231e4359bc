import { newestRun, newHome } from './homes.js'
import { type Ended, runProgram } from './processes.js'
import type { World } from './scene.js'

const TIMEOUT_MS = 90_000

/** Runs `spillway` in a home, to its end or to its death at a failpoint. */
export const spillwayIn = (
  { bin }: Pick<World, 'bin'>,
  home: string,
  { args, failpoint }: { args: readonly string[]; failpoint?: string },
): Promise<Ended> =>
  runProgram(process.execPath, [bin, ...args, '--output', 'json'], {
    timeoutMs: TIMEOUT_MS,
    env: { SPILLWAY_HOME: home, ...(failpoint === undefined ? {} : { SPILLWAY_FAILPOINT: failpoint }) },
  })

/**
 * A drain that dies at the first failpoint; its resume at the second; and so on; then it is carried to its end. A drain
 * that died before it had a folder is begun anew. Throws where a process outlived its failpoint.
 */
export async function dieAt(
  world: Pick<World, 'bin'>,
  { source, flags, deaths }: { source: string; flags: readonly string[]; deaths: readonly string[] },
): Promise<{ readonly home: string; readonly ended: Ended }> {
  const home = await newHome()
  const next = async () => {
    const run = await newestRun(home)
    return run === undefined
      ? ['drain', source, ...flags, '--execute', '--consumers-stopped', '--yes']
      : ['resume', run]
  }
  for (const failpoint of deaths) {
    const args = await next()
    const { signal, code, err } = await spillwayIn(world, home, { args, failpoint })
    if (signal !== 'SIGKILL') throw new Error(`${args[0]} outlived ${failpoint} and ended with ${code}: ${err}`)
  }
  return { home, ended: await spillwayIn(world, home, { args: await next() }) }
}
