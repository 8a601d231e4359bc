// Runs the live tests in shards side by side, each with brokers of its own: they wait more than they compute.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'

const SHARDS = Number(process.env.LIVE_SHARDS ?? 3)
const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
/** Where vitest begins to tell why it failed. */
const TALE = /Failed (Tests|Suites)|Unhandled (Errors|Rejections)/
/** Lines kept of a shard that died without a tale. */
const LAST = 60

/** Prints a shard's output line by line, the shard in front, so that lines of two never mix; `keep` sees each. */
function pass(stream, to, { shard, keep }) {
  createInterface({ input: stream }).on('line', line => {
    keep(line)
    to.write(`[${shard}/${SHARDS}] ${line}\n`)
  })
}

/** Keeps the last lines, and all from the tale of the failures on. */
function memory() {
  const lines = []
  let telling = false
  return {
    lines,
    keep(line) {
      if (!telling && TALE.test(stripVTControlCharacters(line))) {
        telling = true
        lines.length = 0
      }
      lines.push(line)
      if (!telling && lines.length > LAST) lines.shift()
    },
  }
}

/** Resolves with how the shard ended, once its output is whole. */
function run(shard) {
  const child = spawn(process.execPath, [VITEST, 'run', '--project', 'live', `--shard=${shard}/${SHARDS}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { lines, keep } = memory()
  pass(child.stdout, process.stdout, { shard, keep })
  pass(child.stderr, process.stderr, { shard, keep })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  return new Promise(resolve =>
    child.on('close', (code, signal) =>
      resolve({ shard, passed: code === 0, how: signal ?? `exit code ${code}`, lines }),
    ),
  )
}

const shards = await Promise.all(Array.from({ length: SHARDS }, (_, i) => run(i + 1)))
// Again at the very end: whoever sees only the last of a long log sees why.
for (const { shard, how, lines } of shards.filter(({ passed }) => !passed)) {
  process.stdout.write(`\nShard ${shard}/${SHARDS} failed (${how}):\n${lines.join('\n')}\n`)
}
process.exitCode = shards.every(({ passed }) => passed) ? 0 : 1
