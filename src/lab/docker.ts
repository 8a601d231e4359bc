import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.js'
import { type Ended, lastLines, runProgram } from './run-program.js'

/** Whatever has been started in a container once: a server's state, or a node's. */
type Contained = { readonly container?: string }

/** Runs the docker client to its end, for ten minutes at most. */
export const docker = (...args: string[]): Promise<Ended> => runProgram('docker', args, { timeout: 600_000 })

/** Whether a Docker engine answers; a client alone is not enough. */
export async function isEngineRunning(): Promise<boolean> {
  const { code } = await runProgram('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 5000 })
  return code === 0
}

/** Throws a UserError with Docker's own words when its client failed. `instead` is what the lab uses without an engine. */
export function mustDocker({ code, output }: Ended, message: string, instead: string): void {
  if (code === 0) return
  throw new UserError(message, {
    code: 'lab-docker',
    hint: `Docker’s own words follow. Without a Docker engine the lab uses ${instead}.`,
    details: lastLines(output, 5).map(line => ({ at: 'docker', message: line })),
  })
}

/** Fetches the image, unless it is there. Throws as `mustDocker` does. */
export async function fetchImage(image: string, instead: string, say: (line: string) => void): Promise<void> {
  if ((await docker('image', 'inspect', image)).code === 0) return
  say(`pulling ${image}`)
  mustDocker(await docker('pull', '--quiet', image), `Docker could not pull ${image}`, instead)
}

/** Starts the container of this name; `run` are the arguments of `docker run` that make it. Throws as `mustDocker` does. */
export async function startContainer(
  container: string,
  known: Contained,
  { run, instead }: { readonly run: readonly string[]; readonly instead: string },
): Promise<Required<Contained>> {
  // A stopped container still holds its data, so it is started again; only the first time is one made.
  const started = known.container === undefined ? docker(...run) : docker('start', container)
  mustDocker(await started, `Docker could not start ${container}`, instead)
  return { container }
}

/** The part of a runner that is the same for every server in a container: to look at it, signal it and await its end. */
export const inContainer = {
  async isUp({ container }: Contained): Promise<boolean> {
    if (container === undefined) return false
    const { code, stdout } = await docker('inspect', '--format', '{{.State.Running}}', container)
    return code === 0 && stdout.trim() === 'true'
  },
  /** Returns false when there was nothing to signal. */
  async signal(known: Contained, name: NodeJS.Signals): Promise<boolean> {
    if (known.container === undefined || !(await inContainer.isUp(known))) return false
    return (await docker('kill', '--signal', name.replace('SIG', ''), known.container)).code === 0
  },
  /** Resolves false when it still runs after `milliseconds`. */
  async hasEnded(known: Contained, milliseconds: number): Promise<boolean> {
    const end = Date.now() + milliseconds
    while (await inContainer.isUp(known)) {
      if (Date.now() > end) return false
      await sleep(100)
    }
    return true
  },
  /** The last lines of what it printed. */
  async tail(_folder: string, { container = '' }: Contained): Promise<string[]> {
    return lastLines((await docker('logs', '--tail', '12', container)).output, 12)
  },
}

/** Removes a container, running or not, with its data. */
export async function removeContainer({ container }: Contained): Promise<void> {
  if (container !== undefined) await docker('rm', '--force', '--volumes', container)
}
