import { lineSplitter } from '../lines.js'
import { afterLastWords, isClosedPipe, ProcessGroup } from '../process-group.js'
import { Tail } from '../reason.js'

export type CommandRun = {
  readonly command: string
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly input: Buffer | null
  readonly timeoutMs: number
  readonly output?: ((line: string) => void) | undefined
  /** Told when it runs, and when it has ended, so that somebody else may end it. */
  readonly running: Set<ProcessGroup>
}

/** How a command ended; `lastLine` of its standard error is empty where it said nothing. */
export type CommandEnd = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly timedOut: boolean
  readonly lastLine: string
}

/** Runs one command to its end. Rejects with spawn's own error where it could not be started. */
export function runCommand(run: CommandRun): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const group = new ProcessGroup({ ...run, readOutput: run.output !== undefined })
    const { child } = group
    run.running.add(group)
    const tail = listen(group, run)
    let timedOut = false
    const deadline = setTimeout(() => {
      timedOut = true
      group.stop()
    }, run.timeoutMs)
    const ended = () => {
      clearTimeout(deadline)
      run.running.delete(group)
    }
    child.once('error', error => {
      ended()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      ended()
      const finish = () => resolve({ code, signal, timedOut, lastLine: tail.lastLine })
      // Nobody asks for the last words of a success.
      if (code === 0) finish()
      afterLastWords(child, finish)
    })
  })
}

function listen({ child }: ProcessGroup, { input, output }: CommandRun): Tail {
  const tail = new Tail()
  const toOutput = output === undefined ? undefined : lineSplitter(output)
  child.stderr?.on('data', (chunk: Buffer) => {
    tail.add(chunk)
    toOutput?.(chunk)
  })
  if (output !== undefined) child.stdout?.on('data', lineSplitter(output))
  child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
    if (!isClosedPipe(error)) tail.add(Buffer.from(`\nits standard input failed: ${error.message}`))
  })
  child.stdin?.end(input ?? undefined)
  return tail
}
