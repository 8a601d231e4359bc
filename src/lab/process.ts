import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that stays recognisable after its id was given to another: the id and when it started. */
export type ProcessMark = { readonly pid: number; readonly started: string }

/**
 * When a process started, in the system's own words, or undefined when it is gone or only a zombie.
 * Linux: field 22 of /proc/PID/stat (proc_pid_stat(5)), counted after the last `)` because the name may hold blanks.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return startByPs(pid)
  const stat = readIfThere(`/proc/${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19]
}

/** The mark of a process that runs now; throws when it is already gone. */
export function markOf(pid: number): ProcessMark {
  const started = startOf(pid)
  if (started === undefined) throw new Error(`process ${pid} ended before it could be recorded`)
  return { pid, started }
}

/** Whether exactly this process still runs; false for another one under the same id. */
export const isRunning = (mark: ProcessMark): boolean => startOf(mark.pid) === mark.started

/** Signals exactly this process, never another under a reused id. Returns whether there was one to signal. */
export function signal(mark: ProcessMark, name: NodeJS.Signals): boolean {
  if (!isRunning(mark)) return false
  process.kill(mark.pid, name)
  return true
}

/** Resolves true when the process has ended, false when it still runs after `milliseconds`. */
export async function hasEnded(mark: ProcessMark, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds
  while (isRunning(mark)) {
    if (Date.now() > end) return false
    await sleep(20)
  }
  return true
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '')
  } catch (error) {
    if ((error as { status?: number }).status === 1) return undefined
    throw error
  }
}
