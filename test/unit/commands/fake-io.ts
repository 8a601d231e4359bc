import { PassThrough, Readable } from 'node:stream'
import type { Io } from '../../../src/io.js'

const textOf = (stream: PassThrough) => () => String(stream.read() ?? '')

/** An Io that keeps what was written; `answers` are the lines that somebody types. */
export const fakeIo = (env: Record<string, string> = {}, answers?: readonly string[]) => {
  const out = new PassThrough()
  const err = new PassThrough()
  const io: Io = {
    out,
    err,
    env,
    in: Readable.from((answers ?? []).map(line => `${line}\n`)),
    interactive: answers !== undefined,
    now: () => new Date('2026-01-02T03:04:05Z'),
    soft: new AbortController().signal,
    hard: new AbortController().signal,
    secrets: new Set(),
    exitCode: 0,
  }
  return { io, out: textOf(out), err: textOf(err) }
}
