import { resolve } from 'node:path'
import { randomFrom } from '../../src/lab/fill/random.js'
import { type ChaosOptions, type Form, readOptions } from './options.js'
import { campaign, inWords, killsInWords } from './run.js'
import type { Outcome, Pairing, System, World } from './scene.js'

type Lab = { stop(): Promise<void> }

/** A broker's part in the loop, and what comes after the copies. */
export type Opened<P extends Pairing> = AsyncDisposable & System<P> & { readonly last?: () => Promise<Outcome> }

/** A broker's chaos run: its lab, its part in the loop, and its words. */
export type Trial<P extends Pairing, L extends Lab> = {
  readonly form: Form<P>
  /** Kills that one copy is given. */
  readonly killsPerCopy: number
  /** What it means when nothing is wrong. */
  readonly praise: string
  start(asked: ChaosOptions<P>, say: (line: string) => void): Promise<L>
  open(lab: L, asked: ChaosOptions<P>, world: World): Promise<Opened<P>>
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Reads the command line, starts the lab, kills, prints; sets the exit code, 1 where anything was wrong. */
export async function main<P extends Pairing, L extends Lab>(trial: Trial<P, L>): Promise<void> {
  const asked = readOptions(process.argv.slice(2), trial.form)
  if (asked === undefined) return print(trial.form.usage)
  print(`chaos: seed ${asked.seed}, ${asked.kills} kills`)
  const lab = await trial.start(asked, say)
  const stop = () => void lab.stop().then(() => process.exit(130))
  for (const signal of SIGNALS) process.once(signal, stop)
  try {
    process.exitCode = await inLab(trial, lab, asked)
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop)
    await lab.stop()
  }
}

async function inLab<P extends Pairing, L extends Lab>(
  trial: Trial<P, L>,
  lab: L,
  asked: ChaosOptions<P>,
): Promise<number> {
  const world: World = { random: randomFrom(asked.seed), bin: resolve(asked.bin) }
  await using system = await trial.open(lab, asked, world)
  const outcomes: Outcome[] = []
  const told = (outcome: Outcome) => {
    print(inWords(outcome))
    outcomes.push(outcome)
  }
  for await (const outcome of campaign(world, system, { ...asked, killsPerCopy: trial.killsPerCopy })) told(outcome)
  if (system.last !== undefined) told(await system.last())
  const wrong = outcomes.filter(({ problems }) => problems.length > 0).length
  print(`chaos: ${sumUp(outcomes)}: ${wrong === 0 ? trial.praise : `${wrong} WRONG`} (seed ${asked.seed})`)
  return wrong === 0 ? 0 : 1
}

function sumUp(outcomes: readonly Outcome[]): string {
  const blows = outcomes.flatMap(each => each.blows)
  const kinds = [...new Set(blows)].map(name => `${blows.filter(one => one === name).length} times ${name}`)
  const messages = outcomes.reduce((sum, each) => sum + each.messages, 0)
  const kills = killsInWords(outcomes.flatMap(({ killed }) => killed))
  return `${[kills, ...kinds].join(', ')}, in ${outcomes.length} copies of ${messages} messages`
}
