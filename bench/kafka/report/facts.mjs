import { readdirSync } from 'node:fs'
import { commit, machine } from '../../lib/machine.mjs'

/** What a reader must know of the machine before comparing figures. */
export function machineFacts({ tools, broker }) {
  return {
    ...machine(),
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
