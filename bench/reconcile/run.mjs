// Ten million ids against ten million, streamed and out of Parquet files: time, and peak memory of the whole process.
// Goals: under 60 s and 512 MB on two cores; --check ends with 1 where they are missed. `npm run bench:reconcile -- --ids 1000000`

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

const SIDES = { stream: 'stream', file: 'file' }
const GOALS = { seconds: 60, peakMegabytes: 512 }
const ONE = fileURLToPath(new URL('one.mjs', import.meta.url))

function measure(how, ids) {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-bench-reconcile-'))
  try {
    return JSON.parse(execFileSync(process.execPath, [ONE, how, String(ids), folder], { encoding: 'utf8' }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const line = ({ how, ids, seconds, peakMegabytes, right }) =>
  `${how}: ${ids.toLocaleString('en')} against ${ids.toLocaleString('en')} ids in ${seconds.toFixed(1)} s (goal under ${GOALS.seconds} s), peak resident ${peakMegabytes.toFixed(0)} MB (goal under ${GOALS.peakMegabytes} MB), ${right ? 'all found' : 'WRONG RESULT'}`

await main(async argv => {
  const { values } = parseArgs({
    args: argv,
    options: {
      ids: { type: 'string', default: '10000000' },
      sides: { type: 'string', default: 'all' },
      check: { type: 'boolean', default: false },
    },
  })
  const ids = positive(values.ids, '--ids')
  const facts = { commit: commit(), ...machine() }
  const startedAt = new Date().toISOString()
  const found = []
  for (const how of names(values.sides, SIDES, '--sides')) {
    found.push(measure(how, ids))
    console.log(line(found.at(-1)))
  }
  const missed = found.filter(
    ({ right, ...each }) => !right || Object.keys(GOALS).some(goal => each[goal] >= GOALS[goal]),
  )
  if (values.check) console.log(missed.length === 0 ? 'Goals reached.' : `Missed: ${missed.map(({ how }) => how)}`)
  if (values.check && missed.length > 0) process.exitCode = 1
  const text = ['# Ids against ids', '', ...factLines(facts), '', ...found.map(line)].join('\n')
  console.log(`\nSaved: ${writeResults({ startedAt, ...facts, goals: GOALS, found }, text, '-reconcile')}.md`)
})
