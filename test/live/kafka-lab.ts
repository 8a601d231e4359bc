import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach } from 'vitest'
import { labHome } from '../../src/lab/home.js'
import type { KafkaLab, KafkaLabOptions } from '../../src/lab/kafka/options.js'
import { startKafka } from '../../src/lab/kafka/start.js'
import { javaArguments } from '../tools/classes.js'
import { QUICK } from './setup.js'

const BIN = fileURLToPath(new URL('../../bin/spillway.js', import.meta.url))
const FROM_HERE = /^(SPILLWAY_|NODE_OPTIONS|NODE_V8|VITEST|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$)/

/** How a program ended and what it printed. */
export type Finished = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}
/** A program that runs: its process, what it has printed so far, and its end. */
export type Running = {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stderr: () => string
  readonly finished: Promise<Finished>
}
export type RunOptions = {
  /** Variables on top of this process's own; undefined unsets one. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** SPILLWAY_HOME of the run. */
  readonly home?: string
  readonly cwd?: string
  /** Written to stdin, which is then closed. */
  readonly input?: string | Uint8Array
}

const running = new Set<ChildProcess>()
let labs = 0

// The next try of a test that failed shall not be judged by what the first has left.
afterEach(({ task }) => {
  if (task.result?.state === 'fail') for (const child of running) child.kill('SIGKILL')
})

// Killed here so that the next file starts clean, then reported, so that the leak is mended where it is.
afterAll(() => {
  const left = [...running].map(child => child.spawnargs.slice(0, 4).join(' '))
  for (const child of running) child.kill('SIGKILL')
  if (left.length > 0) throw new Error(`still running after the last test: ${left.join('; ')}`)
})

/** Starts a Kafka for this test file alone, with the quick settings of the shared ones. The caller stops it. */
export function startOwn(options: Omit<KafkaLabOptions, 'name'> = {}): Promise<KafkaLab> {
  labs += 1
  const name = `own-${process.pid}-${labs}`
  return startKafka({ source: 'java', ...options, name, config: { ...QUICK, ...options.config } }, () => undefined)
}

/** Like `startOwn`, and stops it after the file's last test. Call it in a `beforeAll`. */
export function ownKafka(options: Omit<KafkaLabOptions, 'name'> = {}): Promise<KafkaLab> {
  const lab = startOwn(options)
  afterOwn.push(async () => (await lab).stop())
  return lab
}

const afterOwn: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.allSettled(afterOwn.map(stop => stop()))
})

/** Runs `work` with a Kafka of its own, which is gone afterwards. */
export async function withKafka<T>(
  options: Omit<KafkaLabOptions, 'name'>,
  work: (lab: KafkaLab) => Promise<T>,
): Promise<T> {
  const lab = await startOwn(options)
  try {
    return await work(lab)
  } finally {
    await lab.stop()
  }
}

/**
 * Runs one of Kafka's Java tools (a class name, `org.apache.kafka.tools.TopicCommand`) or a single-file Java program
 * (a path that ends in `.java`, JEP 330) with the lab's jars, to its end.
 */
export function java(
  lab: { readonly libs: string },
  main: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Finished> {
  return spawnJava(lab, main, args, options).finished
}

/** Like `java`, for a program that the test itself ends. */
export function spawnJava(
  lab: { readonly libs: string },
  main: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Running {
  const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m']
  return start('java', [...flags, ...javaArguments(lab.libs, main), ...args], options)
}

/** Runs the built `spillway` to its end. It finds the shared jars, and otherwise nothing of this machine's settings. */
export const spillway = (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
  spawnSpillway(args, options).finished

/** Starts the built `spillway`, for tests that signal or kill it. */
export function spawnSpillway(args: readonly string[], options: RunOptions = {}): Running {
  const home = options.home === undefined ? {} : { SPILLWAY_HOME: options.home }
  const env = { SPILLWAY_LAB: labHome(process.env), ...home, ...options.env }
  return start(process.execPath, [BIN, ...args], { ...options, env })
}

function start(program: string, args: readonly string[], options: RunOptions): Running {
  const own = Object.entries(process.env).filter(([name]) => !FROM_HERE.test(name))
  const env = { ...Object.fromEntries(own), ...options.env }
  const child = spawn(program, args, { cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  running.add(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // A program that ends without reading its input closes the pipe; that is its right.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input)
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      running.delete(child)
      resolve({ code, signal, stdout, stderr })
    })
  })
  return { child, stdout: () => stdout, stderr: () => stderr, finished }
}
