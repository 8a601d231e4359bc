import { spawn } from 'node:child_process'

/** How a program ended, and what it printed (both streams, last 64 KiB). `code` is null when a signal or a deadline ended it. */
export type Ended = { readonly code: number | null; readonly stdout: string; readonly output: string }

/** A user of this machine and its group, by number. */
export type Account = { readonly uid: number; readonly gid: number }

export type ProgramOptions = {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Whom it runs as; only root may say so. */
  readonly account?: Account
  /** Kills the program after this long, in milliseconds. */
  readonly timeout?: number
  /** Called with each line as it is printed, of either stream. */
  readonly onLine?: (line: string) => void
}

const KEPT = 65_536

/** Runs a program to its end without a shell. A program that is not there ends with code 127, one that may not be run with 126, as in a shell. */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.account,
      ...(options.timeout === undefined ? {} : { timeout: options.timeout, killSignal: 'SIGKILL' as const }),
    })
    let stdout = ''
    let output = ''
    const take = (text: string) => {
      output = (output + text).slice(-KEPT)
      for (const line of text.split('\n')) if (line.trim() !== '') options.onLine?.(line)
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-KEPT)
      take(text)
    })
    child.stderr.setEncoding('utf8').on('data', take)
    child.once('error', (error: NodeJS.ErrnoException) => {
      // EACCES also where it is in none of PATH's folders, and one of those may not be entered (execvp(3)).
      const code = { ENOENT: 127, EACCES: 126 }[error.code ?? '']
      if (code === undefined) reject(error)
      else resolve({ code, stdout: '', output: error.message })
    })
    child.once('close', code => resolve({ code, stdout, output }))
  })
}

/** The last `count` lines that say something: no empty ones, no frames of a Java stack trace. */
export const lastLines = (text: string, count: number): string[] =>
  text
    .split('\n')
    .filter(line => line.trim() !== '' && !/^\s+at /.test(line))
    .slice(-count)
