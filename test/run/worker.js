import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { memory } from './tale.js'

/** Most brokers of the tests live for a minute: the optimizing compiler takes a quarter of their processor time and repays none. */
const SHORT_LIVED = '-XX:TieredStopAtLevel=1'
const ONE_BY_ONE = fileURLToPath(new URL('one-by-one.js', import.meta.url))

/**
 * Starts a process that takes files off `queue` and runs them, one by one, on brokers of its own. Prints what it says line
 * by line, `name` in front, so that lines of two never mix; puts into `seconds` how long each file took. `begun` resolves
 * when its brokers stand, `ended` with how it ended and the files that failed, once its output is whole.
 */
export function startWorker(name, { queue, seconds }) {
  // A group of its own, so that what it has started can be ended with it.
  const env = { JDK_JAVA_OPTIONS: SHORT_LIVED, ...process.env }
  const child = fork(ONE_BY_ONE, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true })
  const { tales, last, keep } = memory()
  for (const [stream, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    createInterface({ input: stream }).on('line', line => {
      keep(line)
      to.write(`[${name}] ${line}\n`)
    })
  }
  const failed = []
  let inHand
  const begun = new Promise(resolve => {
    child.on('message', ({ begins, wants, done }) => {
      if (begins) return resolve()
      if (done) seconds[inHand] = done.seconds
      if (done && !done.passed) failed.push(inHand)
      inHand = undefined
      if (wants) inHand = queue.shift()
      child.send({ file: inHand })
    })
  })
  const ended = new Promise(resolve =>
    child.on('close', (code, signal) => {
      if (inHand !== undefined) failed.push(inHand)
      const how = signal ?? `exit code ${code}`
      resolve({ name, how, passed: code === 0 && failed.length === 0, failed, tales, last })
    }),
  )
  const stop = signal => {
    child.kill(signal)
    child.once('exit', () => endGroup(child.pid))
  }
  return { begun, ended, stop }
}

/** Ends what a worker has left of its group, such as a test that was at work. */
function endGroup(id) {
  try {
    process.kill(-id, 'SIGKILL')
  } catch (error) {
    // Nothing was left.
    if (error.code !== 'ESRCH') throw error
  }
}
