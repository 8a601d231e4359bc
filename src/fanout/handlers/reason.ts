import { stripVTControlCharacters } from 'node:util'

/** Longest reason that is kept with a parked message, in characters. */
const LONGEST_REASON = 500
const KEPT_BYTES = 4_096

/** A text as a reason: one line without control characters, at most 500 characters. Pure. */
export const asReason = (text: string, longest = LONGEST_REASON): string =>
  stripVTControlCharacters(text)
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, longest)

/** What somebody threw, as a reason. Pure. */
export const thrownReason = (error: unknown): string =>
  asReason(error instanceof Error ? error.message || error.name : String(error)) || 'failed without a reason'

/** The end of a stream, in bounded memory: what a command said last. */
export class Tail {
  #kept: Buffer = Buffer.alloc(0)

  add(chunk: Buffer): void {
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-KEPT_BYTES)
  }

  /** The last line that is not empty, as a reason; empty where there is none. */
  get lastLine(): string {
    const lines = this.#kept.toString('utf8').split('\n')
    return lines.reduceRight((found, line) => found || asReason(line), '')
  }
}

/** How a process ended, in words: `exit code 3`, `killed by SIGKILL`. Pure. */
export const endWords = (code: number | null, signal: NodeJS.Signals | null): string =>
  signal === null ? `exit code ${code ?? 'unknown'}` : `killed by ${signal}`

/** `30 s` or `250 ms`. Pure. */
export const milliseconds = (ms: number): string => (ms >= 1000 ? `${Math.round(ms / 100) / 10} s` : `${ms} ms`)
