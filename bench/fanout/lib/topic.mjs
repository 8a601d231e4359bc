import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../../lib/machine.mjs'

export const PARTITIONS = 10

/** Fills a topic that is named as the temporary topic of a drain, so that its lanes can be worked by address. */
export async function fill({ broker }, { name, records, size }) {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '')
  const topic = `bench-${name}.spill.${day}-0000-bench`
  const shape = ['--records', records, '--size', size, '--partitions', PARTITIONS, '--headers', 0].map(String)
  const args = [
    join(ROOT, 'bin', 'spillway.js'),
    'lab',
    'fill',
    `kafka://${broker.address}/${topic}`,
    ...shape,
    '--quiet',
  ]
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  return topic
}
