import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('../parallel-consumer', import.meta.url))

/**
 * Confluent's Parallel Consumer, resolved by Maven and compiled once into the scratch folder; the class path to run it with. Undefined where
 * this machine has no Maven or no Java compiler.
 */
export function buildParallelConsumer(scratch, say) {
  const folder = join(scratch, 'parallel-consumer')
  const libs = join(folder, 'libs')
  try {
    if (!existsSync(libs)) {
      mkdirSync(folder, { recursive: true })
      cpSync(SOURCES, folder, { recursive: true })
      say('resolving Confluent Parallel Consumer by Maven')
      const args = [
        '-B',
        '-ntp',
        '-q',
        'dependency:copy-dependencies',
        '-DoutputDirectory=libs',
        '-DincludeScope=runtime',
      ]
      execFileSync('mvn', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000 })
      execFileSync('javac', ['-cp', `${libs}/*`, 'Main.java'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    }
    return `${folder}:${libs}/*`
  } catch (error) {
    say(`leaving out Parallel Consumer: ${error.message.split('\n')[0]}`)
    return undefined
  }
}
