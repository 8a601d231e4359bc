import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { formatCount } from '../../core/quantity.js'
import { RunError } from '../../errors.js'
import type { Io } from '../../io.js'
import { listRuns } from '../../journal/runs.js'
import { type Database, handlerFile, withDatabase } from './database.js'
import type { Night } from './night.js'
import { PROOF_COMMAND, proveBySql } from './proof.js'
import { workShift } from './shift.js'
import type { Stage } from './stage.js'

/** One rehearsal: what its broker needs, what the handler writes to, how much, and the home that its runs go to. */
export type Scene = {
  readonly night: Night
  /** Absent: a stand-in of our own works the lanes. */
  readonly database?: Database
  readonly records: number
  readonly home: string
  readonly env: Io['env']
}

const MOST_HISTORY = 20_000
const LEAST_HISTORY = 300
const HISTORY_SHARE = 0.02

/** Plays the whole night. Resolves with the id of its run; throws at the first step that does not do as promised. */
export async function play(scene: Scene, stage: Stage): Promise<string> {
  await build(scene, stage)
  const run = await move(scene, stage)
  if (scene.database === undefined) await workAlone(scene, stage, run)
  else await fanOut(scene, stage, { run, database: scene.database })
  await putBack(scene, stage, run)
  return run
}

/** A day as usual, then consumers that are gone, then the backlog. */
async function build({ night, records, env }: Scene, stage: Stage): Promise<void> {
  const history = Math.round(Math.min(MOST_HISTORY, Math.max(LEAST_HISTORY, records * HISTORY_SHARE)))
  const { backlog, shape, usual } = night
  const fill = (count: number) => ['lab', 'fill', backlog, '--records', String(count), ...shape]
  await stage.verb('A quiet day: a few messages', fill(history), env)
  await stage.own('The consumers handle them, then they are stopped', usual.command, () =>
    workShift(usual.crew, history, stage),
  )
  const step = `Nobody reads for six hours: ${formatCount(records)} messages pile up`
  await stage.verb(step, [...fill(records), '--spread', '6h'], env)
  await settle(night, stage)
}

/** Waits where the broker needs it, unless a signal cuts that short. */
async function settle({ settle: wait }: Night, stage: Stage): Promise<void> {
  if (wait === undefined) return
  const { step, command, seconds } = wait
  await stage.own(step, command, async () => {
    const { soft } = stage.io
    await sleep(seconds * 1000, undefined, { signal: soft }).catch((error: unknown) => {
      soft.throwIfAborted()
      throw error
    })
    return { text: `${seconds} s later\n`, result: { seconds } }
  })
}

/** Survey, plan, drain, proof. Resolves with the run's id. */
async function move({ night, env, home }: Scene, stage: Stage): Promise<string> {
  const { source, every, temporary, proof } = night
  const planFile = join(home, 'plan.json')
  const survey = ['survey', source, ...night.survey, ...every]
  await stage.verb('Survey: how much is stuck, and the ways out', survey, env)
  stage.say(
    `\n(The rehearsal takes ${temporary}, because it has the most steps. On a real night begin with way out 1.)\n`,
  )
  const plan = ['drain', source, ...night.drain, '--save', planFile, ...every]
  await stage.verb('Plan: nothing changes yet', plan, env)
  await stage.verb('Drain: run that plan', ['apply', planFile, '--execute', '--yes', ...every], env)
  const [run, ...more] = await listRuns(home)
  if (run === undefined || more.length > 0)
    throw new RunError(`One run was expected in ${home}, not ${run === undefined ? 0 : more.length + 1}`)
  await stage.verb(proof.step, ['report', run, ...proof.flags, ...every], env)
  return run
}

/** Messages in the hands of the handler. */
const IN_HAND = '1000'

/** The real handler on the lanes, and what its database says afterwards. */
async function fanOut(
  { night, records, env }: Scene,
  stage: Stage,
  { run, database }: { readonly run: string; readonly database: Database },
): Promise<void> {
  const handler = ['--module', handlerFile(), '--concurrency', IN_HAND]
  const fanout = ['fanout', run, ...handler, ...night.every]
  stage.say('\n(The handler writes to DATABASE_URL, which is set to that PostgreSQL here.)\n')
  await stage.verb('Fan-out: what your handler would do', fanout, env)
  const work = [...fanout, '--execute', '--yes']
  const step = 'Fan-out: the handler works the lanes, many keys at once'
  await withDatabase(database.url, () => stage.verb(step, work, env))
  const proof = 'Prove it: each order is in the database once, and every key in order'
  await stage.own(proof, PROOF_COMMAND, () => proveBySql(database.url, records))
}

/** Where no database can be had: consumers of our own read the lanes and count. */
async function workAlone({ night, records }: Scene, stage: Stage, run: string): Promise<void> {
  const { command, crew } = await night.onLanes(run)
  await stage.own('The lanes are worked, ten times as wide', command, () => workShift(crew, records, stage))
}

/** The old layout comes back, the last look. */
async function putBack({ night, env }: Scene, stage: Stage, run: string): Promise<void> {
  const known = night.every
  await settle(night, stage)
  await stage.verb('Restore: what would be deleted', ['restore', run, ...known], env)
  await stage.verb('Restore: do it', ['restore', run, '--execute', '--yes', ...night.restore, ...known], env)
  await stage.verb('The last look', ['report', run, ...known], env)
}
