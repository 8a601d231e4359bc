import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { inSession } from '../kafka/lib/session.mjs'
import { names, positive } from '../lib/arguments.mjs'
import { main, say } from '../lib/command.mjs'
import { commit, factLines, machine } from '../lib/machine.mjs'
import { measure } from '../lib/measure.mjs'
import { fixed, goalLines, percent, table } from '../lib/table.mjs'
import { turned } from '../lib/turns.mjs'
import { writeResults } from '../lib/write.mjs'
import { judge, summarize } from './lib/goals.mjs'
import { generators, openServer } from './lib/http.mjs'
import { buildParallelConsumer } from './lib/peer.mjs'
import { SCENARIOS } from './lib/scenarios.mjs'
import { fill, PARTITIONS } from './lib/topic.mjs'
import { spillwayHttp } from './lib/workers.mjs'

const USAGE = `npm run bench:fanout -- [options]
  --scenarios sleep,noop,http
  --rounds 3               every worker runs once a round, in turn
  --records-scale 1        0.1 works a tenth of each topic
  --broker HOST:PORT       a broker that already runs on this machine
  --no-write               leave bench/results alone`

let serial = 0
const HTTP = { name: 'http', about: 'a server that answers 204 over 256 connections', records: 200_000, size: 200 }

await main(async argv => {
  const { values } = parseArgs({
    args: argv,
    options: {
      scenarios: { type: 'string', default: 'sleep,noop,http' },
      rounds: { type: 'string', default: '3' },
      'records-scale': { type: 'string', default: '1' },
      broker: { type: 'string' },
      'no-write': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return console.log(USAGE)
  const scenarios = names(values.scenarios, { ...SCENARIOS, http: HTTP }, '--scenarios')
  const asked = {
    rounds: positive(values.rounds, '--rounds'),
    scale: positive(values['records-scale'], '--records-scale'),
  }
  await inSession({ broker: values.broker }, async session => {
    const startedAt = new Date().toISOString()
    const tools = { ...session.tools, parallelConsumer: buildParallelConsumer(session.scratch, say) }
    const results = []
    for (const scenario of scenarios) results.push(...(await play({ ...session, tools }, scenario, asked)))
    const rows = summarize(results)
    const goals = judge(rows)
    const facts = { ...machine(), commit: commit(), broker: session.broker.address }
    const text = textOf({ startedAt, facts, asked, scenarios, rows, goals })
    console.log(text)
    if (!values['no-write'])
      say(
        `written: ${writeResults({ startedAt, machine: facts, asked, rows, goals, results }, text, '-fanout')}.{json,md}`,
      )
    const wrong = results.filter(({ problem }) => problem)
    if (wrong.length > 0) throw new Error(`${wrong.length} runs were wrong: ${wrong[0].worker}: ${wrong[0].problem}`)
  })
})

async function play(session, scenario, { rounds, scale }) {
  const records = Math.ceil(scenario.records * scale)
  const topic = await fill(session, { ...scenario, records })
  const server = scenario.name === 'http' ? await openServer() : undefined
  const all = server ? [...generators, spillwayHttp(server.url)] : scenario.workers
  const workers = all.filter(each => !each.missing?.(session.tools))
  const results = []
  for (let round = 1; round <= rounds; round++)
    for (const worker of turned(workers, round)) {
      const result = {
        round,
        scenario: scenario.name,
        ...(await one(session, { worker, topic, records, server, size: scenario.size })),
      }
      results.push(result)
      say(
        `${scenario.name} ${round}/${rounds} ${worker.name}: ${fixed(result.perSecond, 0)}/s, ${fixed(result.peak / 1e6, 0)} MB${result.problem ? `  WRONG: ${result.problem}` : ''}`,
      )
    }
  server?.close()
  await session.topics.remove([topic])
  return results
}

async function one(session, { worker, topic, records, server, size }) {
  const dir = join(session.scratch, `work-${++serial}`)
  mkdirSync(dir)
  const command = worker.command({ ...session, topic, records, dir, url: server?.url, size })
  const out = join(dir, 'out.json')
  const run = await measure(
    { ...command, env: { ...command.env, BENCH_OUT: out } },
    { dir, brokerPid: session.broker.pid, patience: 300_000 },
  )
  const told = server
    ? await (await fetch(`${server.url}count`)).json()
    : run.code === 0
      ? JSON.parse(readFileSync(out, 'utf8'))
      : { handled: 0 }
  const expected = Math.ceil(records * (worker.share ?? 1))
  const problem =
    run.code !== 0
      ? `exit ${run.code}: ${run.stderr.trim().split('\n').at(-1)}`
      : told.handled < expected
        ? `${told.handled} of ${expected} handled`
        : undefined
  rmSync(dir, { recursive: true, force: true })
  const { wall, moverCpu, brokerCpu, peak, busy } = run
  const { handled, seconds, latencyMs } = told
  return {
    worker: worker.name,
    wall,
    handled,
    seconds,
    latencyMs,
    perSecond: handled / seconds,
    cpuPerMillion: (moverCpu / handled) * 1e6,
    moverCpu,
    brokerCpu,
    peak,
    busy,
    problem,
  }
}

function textOf({ startedAt, facts, asked, scenarios, rows, goals }) {
  const head = ['worker', 'messages/s', 'handler ms', 'CPU s/M', 'peak MB', 'busy %']
  const cells = row => [
    row.worker,
    fixed(row.perSecond, 0),
    fixed(row.latencyMs, 2),
    fixed(row.cpuPerMillion, 1),
    fixed(row.peak / 1e6, 0),
    percent(row.busy),
  ]
  const tables = scenarios.map(
    ({ name, about }) =>
      `## ${name}: ${about}\n\n${table(head, rows.filter(({ scenario }) => scenario === name).map(cells))}`,
  )
  return [
    `# Fan-out bench, ${startedAt.slice(0, 16)}Z\n\n${asked.rounds} rounds, ${asked.scale} of each topic of ${PARTITIONS} partitions, workers in turn; from the first message handled to the last.`,
    factLines(facts).join('\n'),
    ...tables,
    `## Goals\n\n${goalLines(goals)
      .map(line => `    ${line}`)
      .join('\n')}`,
  ].join('\n\n')
}
