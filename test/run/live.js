// Runs the live tests in shards side by side, each with brokers of its own: they wait more than they compute.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SHARDS = Number(process.env.LIVE_SHARDS ?? 3)
const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))

/** Prints a shard's output line by line, the shard in front, so that lines of two never mix. */
function pass(stream, to, shard) {
  createInterface({ input: stream }).on('line', line => to.write(`[${shard}/${SHARDS}] ${line}\n`))
}

/** Resolves with true when every test of the shard passed. */
function run(shard) {
  const child = spawn(process.execPath, [VITEST, 'run', '--project', 'live', `--shard=${shard}/${SHARDS}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  pass(child.stdout, process.stdout, shard)
  pass(child.stderr, process.stderr, shard)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  return new Promise(resolve => child.on('exit', code => resolve(code === 0)))
}

const passed = await Promise.all(Array.from({ length: SHARDS }, (_, i) => run(i + 1)))
process.exitCode = passed.every(Boolean) ? 0 : 1
