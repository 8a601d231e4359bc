import { spawn } from 'node:child_process'
import { appendFile, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hasEnded, isRunning, markOf, type ProcessMark, signal } from './process.js'
import { type Account, lastLines } from './run-program.js'

const STARTED = '=== started by the lab'

/** Whatever runs as a process of this machine, over a data folder of its own. */
type Owned = { readonly process?: ProcessMark; readonly data?: string }

/** The part of a runner that is the same for every server that is a process of this machine, recognised by id and start time; `log` is its file's name. */
export const ownProcess = (log: string) => ({
  isUp: async ({ process: server }: Owned): Promise<boolean> => server !== undefined && isRunning(server),
  /** Returns false when there was nothing to signal. */
  signal: async ({ process: server }: Owned, name: NodeJS.Signals): Promise<boolean> =>
    server !== undefined && signal(server, name),
  hasEnded: async ({ process: server }: Owned, milliseconds: number): Promise<boolean> =>
    server === undefined || hasEnded(server, milliseconds),
  /** The last lines since it was started. */
  async tail(folder: string): Promise<string[]> {
    const text = await readFile(join(folder, log), 'utf8')
    return lastLines(text.slice(text.lastIndexOf(STARTED) + STARTED.length), 8)
  },
  async cleanUp({ data }: Owned): Promise<void> {
    if (data !== undefined) await rm(data, { recursive: true, force: true, maxRetries: 5 })
  },
})

/** What is started, and as whom. */
export type Program = {
  readonly program: string
  readonly args: readonly string[]
  readonly cwd: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly account: Account | undefined
}

/** Starts a process of its own that outlives us, its output appended to the log. */
export async function spawnOwn(logFile: string, { program, args, account, ...rest }: Program): Promise<ProcessMark> {
  await appendFile(logFile, `${STARTED}\n`)
  const log = await open(logFile, 'a')
  try {
    const stdio = ['ignore' as const, log.fd, log.fd]
    const child = spawn(program, args, { ...rest, detached: true, stdio, ...account })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
    return markOf(child.pid ?? 0)
  } finally {
    await log.close()
  }
}
