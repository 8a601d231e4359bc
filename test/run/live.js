// Runs the live tests: workers side by side, each with brokers of its own, take the next file as they are done with one.
import { writeFile } from 'node:fs/promises'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { filesOf, orderOf, SECONDS } from './files.js'
import { tellAgain } from './tale.js'
import { startWorker } from './worker.js'
import { workersFor } from './workers.js'

/** What to run: every file, or those whose path has one of the words given. */
const WORDS = process.argv.slice(2).filter(word => !word.startsWith('--'))
const RECORD = process.argv.includes('--record')
/** How long the next worker waits for the brokers of the one before, at most: starting all at once is slow for all. */
const BROKERS = 90_000

const queue = await orderOf(await filesOf(WORDS))
const count = Math.min(workersFor(process.env.LIVE_WORKERS), queue.length)
process.stdout.write(`live tests: ${queue.length} files, ${count} at once\n`)
const began = Date.now()
const seconds = {}
const workers = []
for (let i = 1; i <= count && queue.length > 0; i++) {
  const worker = startWorker(`${i}/${count}`, { queue, seconds })
  workers.push(worker)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => worker.stop(signal))
  await Promise.race([worker.begun, worker.ended, after(BROKERS, undefined, { ref: false })])
}
const ends = await Promise.all(workers.map(({ ended }) => ended))
tellAgain(ends)
const took = Math.round((Date.now() - began) / 1000)
const bad = ends.flatMap(({ failed }) => failed)
process.stdout.write(`\nlive tests: ${Object.keys(seconds).length} files in ${took} s, ${bad.length} failed\n`)
for (const file of [...bad, ...queue.map(file => `${file} (never begun)`)]) process.stdout.write(`  failed: ${file}\n`)
if (RECORD) await writeFile(fileURLToPath(SECONDS), `${JSON.stringify(seconds, Object.keys(seconds).sort(), 2)}\n`)
process.exitCode = bad.length === 0 && queue.length === 0 && ends.every(({ passed }) => passed) ? 0 : 1
