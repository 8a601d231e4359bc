import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { measure } from '../../lib/measure.mjs'
import { cpuOf } from '../../lib/proc.mjs'
import { digestOf, fillSource } from './fill.mjs'

const CALM_MS = 250
const CALM_SHARE = 0.06
const CALM_AT_MOST = 80
/** Acks that are on their way are taken within this. Milliseconds. */
const LEFT_MS = 3000

let serial = 0
const digests = new Map()

/**
 * One mover empties a queue that was filled for it, weighed and checked; everything is deleted afterwards.
 * @param {object} session
 * @param {object} mover
 * @param {import('./sets.mjs').MessageSet} set
 * @param {{ digest?: boolean }} options digest: compare every message with the set's by an independent reader
 */
export async function copy(session, mover, set, { digest = false } = {}) {
  const { broker, queues, scratch } = session
  const name = `bench-${process.pid}-${++serial}-`
  const dir = join(scratch, `run-${serial}`)
  mkdirSync(dir)
  const expected =
    digest && session.tools.go && mover.digest ? await digestOfSet(session, set, mover.routing) : undefined
  const job = { ...session, set, dir, source: `${name}source`, target: `${name}target` }
  if (mover.drains) await fillSource(session, job.source, set)
  const made = mover.shape ? await queues.createTarget(job.target, set.type, mover.shape) : []
  await mover.prepare?.(job)
  await settle(broker)
  const result = await measure(mover.command(job), { dir, brokerPid: broker.pid, patience: patienceFor(set) })
  const targets = mover.targets ? await mover.targets(job) : made
  const { problem, left } = await judge({ session, mover, job, result, targets, expected })
  const told = problem ? {} : mover.told?.(result, job)
  await queues.remove(name)
  rmSync(dir, { recursive: true, force: true })
  const { stdout, stderr, ...numbers } = result
  return { mover: mover.name, set: set.name, records: set.records, ...numbers, ...told, left, problem }
}

/** A mover that needs longer than this hangs: a minute, and two milliseconds a message. */
const patienceFor = ({ records }) => 60_000 + records * 2

/** Leaves neither writeback nor the node's own tidying of the last run to the next one. */
async function settle({ pid }) {
  execFileSync('sync')
  for (let calm = 0, turn = 0; calm < 2 && turn < CALM_AT_MOST; turn++) {
    const before = cpuOf(pid)
    await pause(CALM_MS)
    calm = cpuOf(pid) - before < (CALM_MS / 1000) * CALM_SHARE ? calm + 1 : 0
  }
}

/** Says what is wrong with a copy, nothing when it is right, and how many messages are left in the source. */
async function judge({ session, mover, job, result, targets, expected }) {
  const { queues } = session
  const { records } = job.set
  if (result.code !== 0) return { problem: `exit ${result.code}: ${lastWords(result)}` }
  const said = mover.verdict?.(result, job.set)
  if (said) return { problem: said }
  const left = mover.drains ? await queues.count([job.source], 0, LEFT_MS) : undefined
  if (left > 0 && mover.leavesNone) return { left, problem: `${left} messages are left in the source` }
  if (targets.length === 0) return { left }
  const count = await queues.count(targets, records)
  if (count !== records) return { left, problem: `${count} messages at the target, not ${records}` }
  return {
    left,
    problem: expected && differs({ mover, expected, got: await digestOf(session, targets, mover.routing) }),
  }
}

function lastWords({ stdout, stderr }) {
  const lines = (stderr.trim() || stdout.trim()).split('\n')
  return [...lines.filter(line => /error/i.test(line)).slice(0, 2), ...lines.slice(-1)].join(' | ').slice(0, 500)
}

function differs({ mover, expected, got }) {
  const fields = ['records', 'multiset', ...(mover.byKey ? ['order', 'keysSplit'] : [])]
  const wrong = fields.filter(field => expected[field] !== got[field])
  return wrong.length > 0
    ? `differs from the source in ${wrong.map(f => `${f} (${expected[f]} / ${got[f]})`).join(', ')}`
    : undefined
}

/** The digest of a fill that nobody copies: fills of a set are all the same. */
async function digestOfSet(session, set, routing) {
  const key = `${set.name} ${set.records} ${routing}`
  if (!digests.has(key)) {
    const name = `bench-${process.pid}-${++serial}-`
    await fillSource(session, `${name}source`, set)
    digests.set(key, await digestOf(session, [`${name}source`], routing))
    await session.queues.remove(name)
  }
  return digests.get(key)
}
