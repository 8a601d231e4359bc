import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../../lib/machine.mjs'

const MODULE = fileURLToPath(new URL('../franz-go', import.meta.url))

/**
 * @typedef {{ go?: string, bin: string, kcat?: string, java?: string, spillway: boolean }} Tools
 * what this machine has: versions, the folder of the built Go programs, whether Spillway is built
 */

/**
 * Looks for each peer's tools, builds the Go programs and, as root on Debian, installs kcat. Says what it does.
 * @param {string} scratch
 * @param {(line: string) => void} say
 * @returns {Tools}
 */
export function findTools(scratch, say) {
  const bin = join(scratch, 'bin')
  const go = version('go', ['version'])
  if (go)
    execFileSync('go', ['build', '-o', `${bin}/`, './...'], { cwd: MODULE, stdio: ['ignore', 'ignore', 'inherit'] })
  return {
    go,
    bin,
    kcat: version('kcat', ['-V']) ?? installKcat(say),
    java: version('java', ['-version']),
    spillway: existsSync(join(ROOT, 'dist', 'cli.js')),
  }
}

/** First line with a digit that `command` prints about itself; undefined where it is not there. */
function version(command, args) {
  const { error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) return undefined
  return (
    `${stdout}\n${stderr}`
      .split('\n')
      .find(line => /\d\.\d/.test(line))
      ?.trim() ?? 'of unknown version'
  )
}

function installKcat(say) {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined
  say('installing kcat by apt-get, because this machine has none')
  const options = { stdio: 'ignore', timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'kcat'], options)
  return version('kcat', ['-V'])
}
