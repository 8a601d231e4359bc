import { median } from '../../lib/stats.mjs'
import { CONCURRENCY, HOTTEST_SHARE } from './scenarios.mjs'

/** Median rate and peak memory of each worker. */
export function summarize(results) {
  const names = [...new Set(results.map(({ worker }) => worker))]
  return names.map(worker => {
    const runs = results.filter(each => each.worker === worker && !each.problem)
    const of = field => median(runs.map(each => each[field]))
    return {
      scenario: results.find(each => each.worker === worker).scenario,
      worker,
      runs: runs.length,
      perSecond: of('perSecond'),
      latencyMs: of('latencyMs'),
      cpuPerMillion: of('cpuPerMillion'),
      peak: of('peak'),
      busy: of('busy'),
    }
  })
}

/** The goals of the issue, with what was measured. */
export function judge(rows) {
  const row = name => rows.find(({ worker }) => worker === name)
  const ratio = (a, b, field = 'perSecond') =>
    row(a)?.[field] && row(b)?.[field] ? row(a)[field] / row(b)[field] : undefined
  return [
    atLeast('64 in flight / kafkajs eachMessage', ratio('spillway 64', 'kafkajs eachMessage'), 20),
    ...CONCURRENCY.map(n => ideal(row(`spillway ${n}`), n)),
    ...CONCURRENCY.map(n =>
      atLeast(`${n} in flight / Parallel Consumer`, ratio(`spillway ${n}`, `parallel-consumer ${n}`), 0.8),
    ),
    ...CONCURRENCY.map(n =>
      atMost(`memory of Parallel Consumer, ${n}`, ratio(`spillway ${n}`, `parallel-consumer ${n}`, 'peak'), 0.5),
    ),
    atLeast('no-op / kafkajs eachBatch', ratio('spillway noop', 'kafkajs eachBatch'), 2),
    atLeast('http / autocannon, same headers', ratio('spillway http', 'autocannon, same headers'), 0.7),
    atLeast('http / autocannon, bare requests', ratio('spillway http', 'autocannon'), 0.7),
    ...rows
      .filter(({ worker }) => worker.startsWith('spillway'))
      .map(({ worker, peak }) => atMost(`peak MB of ${worker} / 300`, peak / 300e6, 1)),
  ]
}

/** Share of what so many handlers can do, by the latency that the handler itself measured; the hottest key allows no more than its share. */
function ideal(row, concurrency) {
  const text = `${concurrency} in flight / what latency and the hottest key allow`
  if (!row?.latencyMs) return atLeast(text, undefined, 0.8)
  const most = Math.min(concurrency, 1 / HOTTEST_SHARE)
  return atLeast(text, row.perSecond / ((most / row.latencyMs) * 1000), 0.8)
}

const judged = (text, value, isMet) => ({
  text,
  value,
  verdict: value === undefined ? 'not measured' : isMet ? 'met' : 'MISSED',
})
const atLeast = (text, value, goal) => judged(`${text}, at least ${goal}`, value, value >= goal)
const atMost = (text, value, goal) => judged(`${text}, at most ${goal}`, value, value <= goal)
