import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** When the only run of a home last let go of something, in milliseconds since the epoch, as its journal has it. */
export function lastSettled(home) {
  const runs = join(home, 'runs')
  const journal = readFileSync(join(runs, readdirSync(runs)[0], 'journal.ndjson'), 'utf8')
  const events = journal
    .split('\n')
    .flatMap(line => (line.includes('"settled"') ? [line.slice(line.indexOf('{'))] : []))
  return Math.max(...events.map(event => Date.parse(JSON.parse(event).at)))
}
