import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Moment } from './moments.js'

/** How a process ended and what it printed. */
export type Ended = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
  readonly seconds: number
  /** Peak resident set in MiB (VmHWM of /proc); 0 where there is none. */
  readonly peakMiB: number
}

/** What happens to a process while it runs. */
export type Fate = {
  /** kill -9 after so many ms, if it still runs then. */
  readonly killAfterMs?: number
  /** kill -9 at this moment, if it still runs then. */
  readonly killAt?: Moment
  /** Ends it when it takes longer; a hang is a violation. */
  readonly timeoutMs: number
  readonly env?: Readonly<Record<string, string>>
  /** Told of the process as soon as it runs. */
  readonly born?: (child: ChildProcess) => void
}

const LOOK_EVERY_MS = 25
const NOT_OURS = /^(SPILLWAY_|NODE_OPTIONS|NODE_V8|VITEST)/

/** Runs a program to its end, or to its kill. */
export async function runProgram(program: string, args: readonly string[], fate: Fate): Promise<Ended> {
  const own = Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name))
  const startedAt = Date.now()
  const child = spawn(program, args, {
    env: { ...Object.fromEntries(own), ...fate.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  fate.born?.(child)
  const printed = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', text => {
    printed.out += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    printed.err += text
  })
  const over = new AbortController()
  const peak = watchPeak(child, over.signal)
  const ends = [fate.killAfterMs, fate.timeoutMs].map(ms => endAfter(child, ms, over.signal))
  const killing = fate.killAt?.(over.signal).then(() => over.signal.aborted || child.kill('SIGKILL'))
  const [code, signal] = await once(child, 'close')
  over.abort()
  await Promise.all([...ends, killing])
  return { code, signal, ...printed, seconds: (Date.now() - startedAt) / 1000, peakMiB: await peak }
}

/** The kernel keeps the peak, so that the last look before the end is enough. */
async function watchPeak({ pid }: ChildProcess, over: AbortSignal): Promise<number> {
  let peak = 0
  while (!over.aborted) {
    // Gone between two looks, or no Linux.
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    peak = Math.max(peak, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024)
    await sleep(LOOK_EVERY_MS, undefined, { signal: over }).catch(() => undefined)
  }
  return peak
}

async function endAfter(child: ChildProcess, ms: number | undefined, over: AbortSignal): Promise<void> {
  if (ms === undefined) return
  const due = await sleep(ms, true, { signal: over }).catch(() => false)
  if (due) child.kill('SIGKILL')
}
