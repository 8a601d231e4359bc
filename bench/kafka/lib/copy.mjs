import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { measure } from '../../lib/measure.mjs'
import { digestOf } from './fill.mjs'
import { sourceTopic, TARGET_PARTITIONS } from './sets.mjs'

let serial = 0
const digests = new Map()

/**
 * One mover copies one set, weighed and checked; the target is deleted afterwards.
 * @param {object} session
 * @param {object} mover
 * @param {import('./sets.mjs').RecordSet} set
 * @param {{ digest?: boolean }} options digest: compare every record with the source by an independent reader
 */
export async function copy(session, mover, set, { digest = false } = {}) {
  const { broker, topics, scratch } = session
  const dir = join(scratch, `run-${++serial}`)
  mkdirSync(dir)
  const job = { ...session, set, dir, source: sourceTopic(set), target: `bench-target-${process.pid}-${serial}` }
  if (mover.createsTarget) await topics.create(job.target, TARGET_PARTITIONS)
  await mover.prepare?.(job)
  settle(topics, job.source)
  const until = mover.until && (exited => mover.until(job, exited))
  const result = await measure(mover.command(job), { dir, brokerPid: broker.pid, patience: patienceFor(set), until })
  const target = mover.target ? mover.target(result, job) : job.target
  const problem = await judge({ session, mover, job, result, target, digest })
  await topics.remove([...(target ? [target] : []), ...((await mover.leftovers?.(job)) ?? [])])
  await topics.dropGroups()
  rmSync(dir, { recursive: true, force: true })
  const { stdout, stderr, ...numbers } = result
  return { mover: mover.name, set: set.name, records: set.records, ...numbers, problem }
}

/** A mover that needs longer than this hangs: a minute, and half a millisecond a record. */
const patienceFor = ({ records }) => 60_000 + records / 2

/** Leaves no writeback of the last run to the next one, and the source in the page cache. */
function settle(topics, source) {
  execFileSync('sync')
  topics.warm(source)
}

/** Says what is wrong with a copy; undefined when it is right. */
async function judge({ session, mover, job, result, target, digest }) {
  if (result.code !== 0) return `exit ${result.code}: ${lastWords(result)}`
  const said = mover.verdict?.(result, job.set)
  if (said) return said
  if (!target) return 'it named no target'
  if (mover.guarantee !== 'exactly once') {
    const count = await session.topics.count(target)
    if (count !== job.set.records) return `${count} records at the target, not ${job.set.records}`
  }
  return digest && session.tools.go && mover.digest !== 'none' ? differs({ session, mover, job, target }) : undefined
}

function lastWords({ stdout, stderr }) {
  const lines = (stderr.trim() || stdout.trim()).split('\n')
  return [...lines.filter(line => /error/i.test(line)).slice(0, 2), ...lines.slice(-1)].join(' | ').slice(0, 500)
}

async function differs({ session, mover, job, target }) {
  const bare = mover.digest === 'bare'
  const key = `${job.source} ${job.set.records} ${bare}`
  if (!digests.has(key)) digests.set(key, await digestOf(session, job.source, bare))
  const [want, got] = [digests.get(key), await digestOf(session, target, bare)]
  const fields = ['records', 'multiset', ...(mover.route === 'key' ? ['order', 'keysSplit'] : [])]
  const wrong = fields.filter(field => want[field] !== got[field])
  return wrong.length > 0
    ? `differs from the source in ${wrong.map(f => `${f} (${want[f]} / ${got[f]})`).join(', ')}`
    : undefined
}
