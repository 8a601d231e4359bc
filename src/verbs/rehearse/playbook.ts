import { join } from 'node:path'
import { formatCount } from '../../core/quantity.js'
import { RunError } from '../../errors.js'
import type { Io } from '../../io.js'
import { listRuns } from '../../journal/runs.js'
import { workShift } from './consumers.js'
import type { Stage } from './stage.js'

/** One rehearsal: the broker, the names, how much, and the home that its runs go to. */
export type Scene = {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly group: string
  readonly records: number
  readonly home: string
  readonly env: Io['env']
}

const MOST_HISTORY = 20_000
const LEAST_HISTORY = 300
const HISTORY_SHARE = 0.02
/** Small enough that a million fit on any disk. */
const SIZE = ['--size', '512', '--sizes', 'lognormal', '--headers', '3']

/** Plays the whole night. Resolves with the id of its run; throws at the first step that does not do as promised. */
export async function play(scene: Scene, stage: Stage): Promise<string> {
  await build(scene, stage)
  const run = await move(scene, stage)
  await putBack(scene, stage, run)
  return run
}

const addressOf = ({ brokers, topic }: Scene): string => `kafka://${brokers.join(',')}/${topic}`
const sourceOf = (scene: Scene): string => `${addressOf(scene)}?group=${scene.group}`

/** A day as usual, then consumers that are gone, then the backlog. */
async function build(scene: Scene, stage: Stage): Promise<void> {
  const { topic, group, records, env } = scene
  const history = Math.round(Math.min(MOST_HISTORY, Math.max(LEAST_HISTORY, records * HISTORY_SHARE)))
  const fill = ['lab', 'fill', addressOf(scene), '--records']
  await stage.verb('A quiet day: a few messages', [...fill, String(history), ...SIZE], env)
  await stage.own(
    'The consumers handle them, then they are stopped',
    `(stand-in for your consumers: kafkajs, topic ${topic}, group ${group})`,
    () => workShift({ ...scene, records: history }, stage),
  )
  const backlog = [...fill, String(records), ...SIZE, '--spread', '6h']
  await stage.verb(`Nobody reads for six hours: ${formatCount(records)} messages pile up`, backlog, env)
}

/** Survey, plan, drain, proof. Resolves with the run's id. */
async function move(scene: Scene, stage: Stage): Promise<string> {
  const { env, home } = scene
  const source = sourceOf(scene)
  const planFile = join(home, 'plan.json')
  const survey = ['survey', source, '--window', '2s', '--service-rate', '100']
  await stage.verb('Survey: how much is stuck, and the ways out', survey, env)
  stage.say(
    '\n(The rehearsal takes the temporary topic, because it has the most steps. On a real night begin with way out 1.)\n',
  )
  await stage.verb('Plan: nothing changes yet', ['drain', source, '--save', planFile], env)
  await stage.verb('Drain: run that plan', ['apply', planFile, '--execute', '--yes'], env)
  const [run, ...more] = await listRuns(home)
  if (run === undefined || more.length > 0)
    throw new RunError(`One run was expected in ${home}, not ${more.length + 1}`)
  await stage.verb('Prove it: read the copy back and compare', ['report', run, '--verify'], env)
  return run
}

/** The lanes are worked, the old layout comes back, the last look. */
async function putBack(scene: Scene, stage: Stage, run: string): Promise<void> {
  const { topic, env } = scene
  const group = `spillway.${run}`
  const lanes = `${topic}.spill.${run}`
  await stage.own(
    'The lanes are worked, ten times as wide',
    `(stand-in for your handler until \`fanout\` is there: kafkajs, topic ${lanes}, group ${group})`,
    () => workShift({ ...scene, topic: lanes, group }, stage),
  )
  await stage.verb('Restore: what would be deleted', ['restore', run], env)
  await stage.verb('Restore: do it', ['restore', run, '--execute', '--yes'], env)
  await stage.verb('The last look', ['report', run], env)
}
