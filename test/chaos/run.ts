import { rm } from 'node:fs/promises'
import { newHome } from './homes.js'
import { Life, lastWords, liveThrough } from './life.js'
import type { Order, Outcome, Pairing, System, Verdict, World } from './scene.js'

export type Campaign<P extends Pairing> = {
  readonly kills: number
  readonly pairings: readonly P[]
  /** Kills that one copy is given; fewer happen where it is quick. */
  readonly killsPerCopy: number
}

/** Copies, each killed at random moments, until the kills are used up; tells each outcome as it comes. */
export async function* campaign<P extends Pairing>(
  world: World,
  system: System<P>,
  asked: Campaign<P>,
): AsyncGenerator<Outcome> {
  const pairings = shuffled(asked.pairings, world)
  for (let copy = 0, left = asked.kills; left > 0; copy++) {
    const pairing = pairings[copy % pairings.length] as P
    const due = system.blows.filter(({ every, early = 0 }) => every > 0 && (copy + early) % every === every - 1)
    // One a copy, which may well be complete after it.
    const blows = due.sort((a, b) => b.every - a.every).slice(0, 1)
    const kills = Math.min(asked.killsPerCopy, left)
    const outcome = await copyOnce(world, system, { ...pairing, name: `chaos-${process.pid}-${copy}`, kills, blows })
    left -= outcome.killed.length
    yield outcome
  }
}

/** Drains one source, killed again and again, and checks what came of it. */
async function copyOnce<P extends Pairing>(world: World, system: System<P>, order: Order<P>): Promise<Outcome> {
  const startedAt = Date.now()
  const scene = await system.scene(order)
  const { settings, messages, begin } = scene
  const life = new Life(world, await newHome(), scene)
  const verdict = await verdictOn()
  if (verdict.problems.length === 0) {
    await scene.tidy(life)
    await rm(life.home, { recursive: true })
  }
  const { executions, killed, blows, home } = life
  const seconds = (Date.now() - startedAt) / 1000
  return { order, settings, messages, executions, killed, blows, seconds, home, ...verdict }

  async function verdictOn(): Promise<Verdict> {
    const ended = await liveThrough(life, { begin, kills: order.kills, blows: order.blows })
    if (ended.code === 0) return scene.conclude(life, ended)
    return { found: '', problems: [`ended with ${ended.code ?? ended.signal} instead of 0`, ...lastWords(ended)] }
  }
}

/** Fisher and Yates, so that a short run does not see the same sources again and again. */
function shuffled<P>(pairings: readonly P[], { random }: World): readonly P[] {
  const list = [...pairings]
  for (let i = list.length - 1; i > 0; i--) {
    const j = random() % (i + 1)
    const [a, b] = [list[i] as P, list[j] as P]
    list[i] = b
    list[j] = a
  }
  return list
}

/** One line about a copy, and a line for each thing that is wrong with it. */
export function inWords({ order, settings, killed, blows, found, ...outcome }: Outcome): string {
  const { executions, messages, seconds, problems, home } = outcome
  const fell = blows.length === 0 ? '' : `, ${blows.join(', ')}`
  const what = `${order.mode}/${order.source} ${settings}`
  const how = `${killsInWords(killed)}${fell}, ${executions} executions, ${seconds.toFixed(1)} s`
  if (problems.length === 0) return `ok    ${what}: ${messages} ${found}, ${how}`
  return [`WRONG ${what}: ${how}`, ...problems.map(problem => `      ${problem}`), `      kept: ${home}`].join('\n')
}

/** `5 kills (3 in resume, 1 in restore)`. */
export function killsInWords(killed: readonly string[]): string {
  const later = [...new Set(killed)].filter(verb => verb !== 'drain')
  const each = later.map(verb => `${killed.filter(one => one === verb).length} in ${verb}`)
  return `${killed.length} kills${each.length === 0 ? '' : ` (${each.join(', ')})`}`
}
