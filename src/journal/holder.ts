import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { isRecord } from '../core/revive.js'
import { codeOf, unless } from './system-error.js'

/** The process that holds a run. `start` tells it from a later process with the same pid; empty where the system does not say. */
export type Holder = { readonly host: string; readonly pid: number; readonly start: string; readonly at: string }

/** How a holder looks from here: on another host nobody can tell. */
export type Standing = 'alive' | 'dead' | 'elsewhere'

/**
 * When a process started, as `BOOT/TICKS` (proc(5): /proc/PID/stat field 22, after the command, which may hold blanks and parentheses).
 * Undefined where there is no such process; empty where there is no /proc.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  const boot = await unless(['ENOENT', 'EACCES'], readFile('/proc/sys/kernel/random/boot_id', 'utf8'))
  if (boot === undefined) return isThere(pid) ? '' : undefined
  const stat = await unless(['ENOENT', 'ESRCH'], readFile(`/proc/${pid}/stat`, 'utf8'))
  if (stat === undefined) return undefined
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie holds nothing any more: it only waits for its parent.
  return state === 'Z' || state === 'X' ? undefined : `${boot.trim()}/${fields[18]}`
}

/** This process as a holder. */
export async function holderOf(pid: number, now: Date): Promise<Holder> {
  return { host: hostname(), pid, start: (await processStart(pid)) ?? '', at: now.toISOString() }
}

/** Whether the holder still runs, as far as this host can tell. */
export async function standingOf(holder: Holder): Promise<Standing> {
  if (holder.host !== hostname()) return 'elsewhere'
  const start = await processStart(holder.pid)
  if (start === undefined) return 'dead'
  return start === holder.start || holder.start === '' || start === '' ? 'alive' : 'dead'
}

/** A holder from its parsed JSON; undefined where a crash left it half written. */
export function reviveHolder(text: string): Holder | undefined {
  const raw = parse(text)
  if (!isRecord(raw)) return undefined
  const { host, pid, start, at } = raw
  if (typeof host !== 'string' || typeof pid !== 'number' || typeof start !== 'string') return undefined
  return { host, pid, start, at: String(at) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}
