import { copyOnce, type Order, type Outcome, type World } from './copy.js'
import type { Pairing } from './sources.js'

export type Campaign = {
  readonly kills: number
  readonly pairings: readonly Pairing[]
  /** The broker dies in one of so many copies; 0: never. */
  readonly brokerKills: number
  /** Kills that one copy is given; fewer happen where it is quick. */
  readonly killsPerCopy: number
}

/** Copies, each killed at random moments, until the kills are used up; tells each outcome as it comes. */
export async function* campaign(world: World, asked: Campaign): AsyncGenerator<Outcome> {
  const order = shuffled(asked.pairings, world)
  for (let copy = 0, left = asked.kills; left > 0; copy++) {
    const pairing = order[copy % order.length] as Pairing
    const brokerKill = asked.brokerKills > 0 && copy % asked.brokerKills === asked.brokerKills - 1
    const kills = Math.min(asked.killsPerCopy, left)
    const wanted: Order = { ...pairing, name: `chaos-${process.pid}-${copy}`, kills, brokerKill }
    const outcome = await copyOnce(world, wanted)
    left -= outcome.kills
    yield outcome
  }
}

/** Fisher and Yates, so that a short run does not see the same sources again and again. */
function shuffled(pairings: readonly Pairing[], { random }: World): readonly Pairing[] {
  const list = [...pairings]
  for (let i = list.length - 1; i > 0; i--) {
    const j = random() % (i + 1)
    const [a, b] = [list[i] as Pairing, list[j] as Pairing]
    list[i] = b
    list[j] = a
  }
  return list
}

/** One line about a copy, and a line for each thing that is wrong with it. */
export function inWords({ order, settings, kills, killedBefore, brokerKills, ...outcome }: Outcome): string {
  const { executions, records, seconds, problems, home } = outcome
  const during = killedBefore.filter(verb => verb === 'resume').length
  const broker = brokerKills > 0 ? ', broker killed' : ''
  const what = `${order.mode}/${order.source} ${settings}`
  const how = `${kills} kills (${during} in resume)${broker}, ${executions} executions, ${seconds.toFixed(1)} s`
  if (problems.length === 0) return `ok    ${what}: ${records} records exact, ${how}`
  return [`WRONG ${what}: ${how}`, ...problems.map(problem => `      ${problem}`), `      kept: ${home}`].join('\n')
}
