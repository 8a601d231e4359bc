// The index of an archive with ten million messages: bytes on disk, memory while it is written and sealed, time of a lookup by id.
// Goals: under 1 GB, 300 MB and 1 s. `npm run bench:archive -- --messages 1000000 --systems kafka`

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { names, positive } from '../lib/arguments.mjs'
import { main } from '../lib/command.mjs'
import { commit, factLines, machine } from '../lib/machine.mjs'
import { writeResults } from '../lib/write.mjs'

const SYSTEMS = { kafka: 'kafka', rabbitmq: 'rabbitmq' }
const GOALS = { megabytes: 1000, peakMegabytes: 300, lookupSeconds: 1 }
const LOOKUPS = 5

const child = (file, ...args) =>
  JSON.parse(
    execFileSync(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], { encoding: 'utf8' }),
  )

function measure(system, messages, folder) {
  const written = child('write.mjs', system, String(messages), folder)
  const lookups = Array.from({ length: LOOKUPS }, () => child('lookup.mjs', system, folder, written.ids[0]))
  return { system, messages, ...written, ids: undefined, lookups }
}

const highest = (lookups, what) => Math.max(...lookups.map(each => each[what]))

const line = ({ system, messages, seconds, sealSeconds, csvMegabytes, megabytes, peakMegabytes, lookups }) =>
  [
    `${system}: ${messages.toLocaleString('en')} messages`,
    `  written in ${seconds.toFixed(1)} s (${Math.round(messages / seconds).toLocaleString('en')} rows/s), sealed in ${sealSeconds.toFixed(1)} s`,
    `  ${csvMegabytes.toFixed(0)} MB before, ${megabytes.toFixed(0)} MB after; goal under ${GOALS.megabytes} MB`,
    `  peak resident ${peakMegabytes.toFixed(0)} MB; goal under ${GOALS.peakMegabytes} MB`,
    `  lookup by id, slowest of ${LOOKUPS} fresh processes: ${highest(lookups, 'seconds').toFixed(2)} s (${highest(lookups, 'again').toFixed(2)} s once DuckDB is loaded); goal under ${GOALS.lookupSeconds} s`,
  ].join('\n')

await main(async argv => {
  const { values } = parseArgs({
    args: argv,
    options: { messages: { type: 'string', default: '10000000' }, systems: { type: 'string', default: 'all' } },
  })
  const messages = positive(values.messages, '--messages')
  const facts = { commit: commit(), ...machine() }
  const startedAt = new Date().toISOString()
  const found = []
  for (const system of names(values.systems, SYSTEMS, '--systems')) {
    const folder = mkdtempSync(join(tmpdir(), 'spillway-bench-archive-'))
    try {
      found.push(measure(system, messages, folder))
      console.log(line(found.at(-1)))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const text = ['# Index of an archive', '', ...factLines(facts), '', ...found.map(line)].join('\n')
  console.log(`\nSaved: ${writeResults({ startedAt, ...facts, goals: GOALS, found }, text, '-archive')}.md`)
})
