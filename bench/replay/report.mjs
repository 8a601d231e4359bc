import { say } from '../lib/command.mjs'
import { factLines } from '../lib/machine.mjs'
import { median } from '../lib/stats.mjs'
import { fixed, goalLines, percent, spread, table } from '../lib/table.mjs'
import { writeResults } from '../lib/write.mjs'

const OURS = 'spillway'
const BY_HAND = 'offset-pages'
const HALF = 0.8
const TIMES = 3

/** Prints the tables, and the goals where they were asked for, and writes them down. */
export function publish(measured, { check, write }) {
  measured.endedAt = new Date().toISOString()
  measured.rows = rowsOf(measured.results)
  measured.goals = goalsOf(measured.results)
  const text = textOf(measured, check)
  console.log(text)
  if (write) say(`written: ${writeResults(measured, text, '-replay')}.{json,md}`)
}

const rate = ({ rows, seconds }) => rows / seconds

function rowsOf(results) {
  const keys = [...new Set(results.map(({ database, mover }) => `${database} ${mover}`))]
  return keys.map(key => {
    const runs = results.filter(each => `${each.database} ${each.mover}` === key && !each.problem)
    const of = figure => median(runs.map(figure))
    const [database, mover] = key.split(' ')
    return {
      ...{ database, mover, runs: runs.length, rows: runs[0]?.rows, rate: of(rate), startup: of(run => run.startup) },
      cpu: of(({ moverCpu, rows }) => (moverCpu / rows) * 1e6),
      brokerCpu: of(({ brokerCpu, rows }) => (brokerCpu / rows) * 1e6),
      ...{ peak: of(run => run.peak), busy: of(run => run.busy), other: of(run => run.other) },
    }
  })
}

/** Ratios are of the same round; where several stand for one half, the fastest does. */
function goalsOf(results) {
  const databases = [...new Set(results.map(({ database }) => database))]
  return databases.flatMap(database => {
    const rounds = byRound(results.filter(each => each.database === database && !each.problem))
    return [
      goal(`spillway at least ${HALF}x the slower of reading and producing alone, ${database}`, rounds, HALF, halves),
      goal(
        `spillway at least ${TIMES}x pages by OFFSET and a send each, ${database}`,
        rounds,
        TIMES,
        run => run[BY_HAND],
      ),
    ]
  })
}

function byRound(results) {
  const rounds = new Map()
  for (const run of results) rounds.set(run.round, { ...rounds.get(run.round), [run.mover]: rate(run) })
  return [...rounds.values()]
}

function halves({ read, produce, 'produce-kafkajs': kafkajs }) {
  const produced = [produce, kafkajs].filter(value => value !== undefined)
  return read === undefined || produced.length === 0 ? undefined : Math.min(read, Math.max(...produced))
}

function goal(text, rounds, least, than) {
  const all = rounds.map(round => round[OURS] / than(round)).filter(Number.isFinite)
  if (all.length === 0) return { text, verdict: 'not measured' }
  const value = median(all)
  return { text, value, all, verdict: value >= least ? 'met' : 'NOT met' }
}

const HEAD = [
  'database',
  'mover',
  'runs',
  'rows',
  'rows/s',
  'start-up s',
  'CPU s/M',
  'broker s/M',
  'RSS MB',
  'busy %',
  'other %',
]

function textOf({ startedAt, endedAt, machine, asked, rows, goals }, check) {
  const cells = row => [
    ...[row.database, row.mover, row.runs, row.rows ?? '-', fixed(row.rate, 0), fixed(row.startup, 2)],
    ...[fixed(row.cpu, 2), fixed(row.brokerCpu, 2), fixed(row.peak / 1e6, 0), percent(row.busy), percent(row.other)],
  ]
  const ratios = goals.map(({ text, all, value }) => `- ${spread(all && { median: value, all })}: ${text}`)
  return [
    `# Bench of rows sent again, ${startedAt.slice(0, 16)}Z\n\nMedians of ${asked.rounds} rounds, in turn, until ${endedAt.slice(11, 16)}Z. Rows a second beyond the start-up of the same mover, which is its time for 30 rows.`,
    factLines(machine).join('\n'),
    table(HEAD, rows.map(cells)),
    `## Ratios of the same round, medians (lowest and highest)\n\n${ratios.join('\n')}`,
    ...(check
      ? [
          `## Goals\n\n${goalLines(goals)
            .map(line => `    ${line}`)
            .join('\n')}`,
        ]
      : []),
  ].join('\n\n')
}
