import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../../lib/machine.mjs'

const MODULE = fileURLToPath(new URL('../go', import.meta.url))

/**
 * Looks for what the movers need, and builds the reader in Go.
 * @param {string} scratch
 * @returns {{ go?: string, bin: string, spillway: boolean, amqplib?: string, rabbitmqClient?: string }} versions; undefined where a thing is not there
 */
export function findTools(scratch) {
  const bin = join(scratch, 'bin')
  const { error, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' })
  if (!error)
    execFileSync('go', ['build', '-o', `${bin}/`, './...'], { cwd: MODULE, stdio: ['ignore', 'ignore', 'inherit'] })
  return {
    go: error ? undefined : stdout.trim(),
    bin,
    spillway: existsSync(join(ROOT, 'dist', 'cli.js')),
    amqplib: versionOf('amqplib'),
    rabbitmqClient: versionOf('rabbitmq-client'),
  }
}

/** Not every package lets its package.json be imported. */
function versionOf(name) {
  const path = join(ROOT, 'node_modules', name, 'package.json')
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : undefined
}
