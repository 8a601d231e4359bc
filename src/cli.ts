import { readFileSync } from 'node:fs'
import { program } from './commands/program.js'
import { EXIT, type ExitCode, RunError, UserError } from './errors.js'
import type { Io } from './io.js'
import { listenForStop, type Stop } from './stop.js'
import { watchTerminals } from './terminal.js'

type Proc = Pick<NodeJS.Process, 'argv' | 'env' | 'stdin' | 'stdout' | 'stderr' | 'on' | 'off'>

/**
 * Runs one command line and resolves with the exit code; never throws. The process is a parameter, so the whole CLI
 * runs inside a test. Nothing else prints errors, and nothing else listens for signals.
 */
export async function main(proc: Proc): Promise<number> {
  const stop = listenForStop(proc)
  const closeGoneTerminals = watchTerminals()
  const { outClosed, lost } = surviveClosedStreams(proc)
  const out = countingWrites(proc.stdout)
  const io = ioOf(proc, stop, { out: out.stream, outClosed })
  try {
    await run(io, proc.argv.slice(2))
    await errorsOfWrites()
    return lost() === undefined ? io.exitCode : resultLost(io, lost())
  } catch (error) {
    const { printError } = await import('./present/error.js')
    return printError(error, { io, json: wantsJson(proc.argv), printed: out.written() > 0 })
  } finally {
    stop.release()
    closeGoneTerminals()
  }
}

const run = async (io: Io, args: readonly string[]): Promise<void> => {
  const root = program(io, version())
  if (args.length === 0) {
    io.err.write(root.helpInformation())
    throw new UserError('No verb was given', { hint: '`spillway survey SOURCE` is where to begin.' })
  }
  await root.parseAsync([...args], { from: 'user' })
}

const ioOf = (proc: Proc, stop: Stop, streams: { out: NodeJS.WritableStream; outClosed: AbortSignal }): Io => ({
  ...streams,
  err: proc.stderr,
  env: proc.env,
  // A getter: opening standard input costs time, and most commands never ask.
  get in() {
    return proc.stdin
  },
  get interactive() {
    return proc.stderr.isTTY === true && proc.stdin.isTTY === true
  },
  now: () => new Date(),
  soft: stop.soft,
  hard: stop.hard,
  secrets: new Set(proc.env.SPILLWAY_PASSWORD ? [proc.env.SPILLWAY_PASSWORD] : []),
  exitCode: EXIT.complete as ExitCode,
})

// Nobody reads any more (`| head`, a closed terminal): a run must not die of that. Everything else, as a full disk, loses the result.
const CLOSED: readonly unknown[] = ['EPIPE', 'EIO', 'EBADF', 'ECONNRESET']

const surviveClosedStreams = (proc: Proc) => {
  const closed = new AbortController()
  let lost: NodeJS.ErrnoException | undefined
  proc.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!CLOSED.includes(error.code)) lost ??= error
    closed.abort()
  })
  proc.stderr.on('error', () => undefined)
  return { outClosed: closed.signal, lost: () => lost }
}

/** A stream tells of a failed write a turn later. */
const errorsOfWrites = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** What was done is done; but a caller that wants the result must not take an empty file for it. */
const resultLost = async (io: Io, error: NodeJS.ErrnoException | undefined): Promise<ExitCode> => {
  const { errorText } = await import('./present/error.js')
  const words = `Standard output could not be written (${error?.code ?? error?.message}): the result is lost`
  const hint = 'What was done stays done. Make room, then look: `spillway runs`, `spillway report RUN`.'
  io.err.write(errorText(new RunError(words, { code: 'output', hint })))
  return io.exitCode === EXIT.complete ? EXIT.failed : io.exitCode
}

/** The same stream, counting writes: an error document follows only where no other was printed. */
const countingWrites = (stream: NodeJS.WriteStream) => {
  let count = 0
  const proxy = new Proxy(stream, {
    get(inner, name) {
      const value: unknown = Reflect.get(inner, name, inner)
      if (typeof value !== 'function') return value
      if (name !== 'write') return value.bind(inner)
      return (...args: unknown[]): unknown => {
        count++
        return value.apply(inner, args)
      }
    },
  })
  return { stream: proxy as NodeJS.WritableStream, written: () => count }
}

const wantsJson = (argv: readonly string[]): boolean =>
  argv.some((arg, i) => arg === '--output=json' || (arg === 'json' && argv[i - 1] === '--output'))

const version = (): string => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const fields: unknown = JSON.parse(text)
  return typeof fields === 'object' && fields !== null && 'version' in fields ? String(fields.version) : 'unknown'
}
