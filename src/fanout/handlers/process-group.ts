import { type ChildProcess, spawn } from 'node:child_process'

/** From the polite signal to the one that nobody can ignore, in milliseconds. */
const KILL_AFTER_MS = 2_000

export type CommandSpec = {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** Standard output is read rather than dropped. */
  readonly readOutput: boolean
}

/** A command of the user's, `sh -c CMD` in a process group of its own, so that whatever it started can be ended with it. */
export class ProcessGroup {
  readonly child: ChildProcess
  /** Resolves when it has exited, or could not be started. */
  readonly gone: Promise<void>
  #ended = false
  #ending = false
  #patience: NodeJS.Timeout | undefined

  /** Starts it. Throws what spawn(2) says at once (E2BIG); the rest (EAGAIN, no such folder) comes as the child's `error`. */
  constructor({ command, env, cwd, readOutput }: CommandSpec) {
    this.child = spawn('/bin/sh', ['-c', command], {
      env,
      cwd,
      detached: true,
      stdio: ['pipe', readOutput ? 'pipe' : 'ignore', 'pipe'],
    })
    this.gone = new Promise(resolve => {
      this.child.once('exit', () => resolve(this.#end()))
      this.child.once('error', () => resolve(this.#end()))
    })
  }

  /** SIGTERM to the whole group, SIGKILL two seconds later. */
  stop(): void {
    if (this.#ended || this.#ending) return
    this.#ending = true
    this.#patience = setTimeout(() => this.kill(), KILL_AFTER_MS)
    this.#signal('SIGTERM')
  }

  /** SIGKILL to the whole group. */
  kill(): void {
    if (this.#ended) return
    this.#ending = true
    this.#signal('SIGKILL')
  }

  #end(): void {
    // The leader is gone; what it started and what ignored SIGTERM goes at once.
    if (this.#ending) this.#signal('SIGKILL')
    clearTimeout(this.#patience)
    this.#ended = true
  }

  #signal(name: NodeJS.Signals): void {
    const { pid } = this.child
    if (pid === undefined) return
    try {
      process.kill(-pid, name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** A reader that went away: no failure, a command need not read. Anything else of a pipe is. */
export const isClosedPipe = (error: NodeJS.ErrnoException): boolean =>
  ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(error.code ?? '')

/** What a command left running may hold its pipes open; last words are waited for only this long, in milliseconds. */
const LAST_WORDS_MS = 250

/** Calls `then` when the pipes of a child that has exited are read to their end, or a quarter of a second later. */
export function afterLastWords(child: ChildProcess, then: () => void): void {
  for (const stream of [child.stdout, child.stderr]) (stream as { unref?: () => void } | null)?.unref?.()
  const patience = setTimeout(then, LAST_WORDS_MS)
  child.once('close', () => {
    clearTimeout(patience)
    then()
  })
}
