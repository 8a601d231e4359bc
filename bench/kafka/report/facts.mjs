import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { ROOT } from '../lib/tools.mjs'

/** What a reader must know of the machine before comparing figures. */
export function machineFacts({ tools, broker }) {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    node: process.version,
    java: tools.java ?? 'absent',
    go: tools.go ?? 'absent',
    kcat: tools.kcat ?? 'absent',
    kafka: kafkaRelease(broker.classPath),
    commit: commit(),
  }
}

/** From the name of the client jar on the broker's class path, which may be a folder with a wildcard. */
function kafkaRelease(classPath) {
  const jars = classPath.split(':').flatMap(part => (part.endsWith('/*') ? readdirSync(part.slice(0, -2)) : [part]))
  return jars.join(' ').match(/kafka-clients-([\d.]+)\.jar/)?.[1] ?? 'unknown'
}

function commit() {
  const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', 'src', 'bin') ? ' (changed)' : ''}`
  } catch (error) {
    return `unknown (${error.code ?? 'not a git checkout'})`
  }
}

export const factLines = facts => Object.entries(facts).map(([name, value]) => `- ${name}: ${value}`)
