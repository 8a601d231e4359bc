import { say } from '../../lib/command.mjs'
import { median } from '../../lib/stats.mjs'
import { turned } from '../../lib/turns.mjs'
import { copy } from './copy.mjs'
import { fillSource } from './fill.mjs'
import { portion, STARTUP_SET, scaled, sourceTopic } from './sets.mjs'

/**
 * Median seconds that each mover needs for 30 records, from exec to exit: its start-up. A first round is thrown away: a
 * new broker makes its internal topics in it.
 */
export async function startups(session, movers, runs) {
  await fillSource(session, STARTUP_SET)
  for (const mover of movers) {
    const { wall, problem } = await copy(session, mover, STARTUP_SET)
    say(`warm-up ${mover.name}: ${wall.toFixed(2)} s${problem ? `  WRONG: ${problem}` : ''}`)
  }
  const walls = await inTurns(session, { movers, setOf: () => STARTUP_SET, rounds: runs })
  const right = walls.filter(({ problem }) => !problem)
  const of = name => right.filter(({ mover }) => mover === name).map(({ wall }) => wall)
  return { runs: walls, medians: Object.fromEntries(movers.map(({ name }) => [name, median(of(name))])) }
}

/** Fills a set, lets every mover copy it, or its share of it, once a round, and removes it. */
export async function copies(session, { movers, set, scale, rounds }) {
  const sized = scaled(set, scale)
  const setOf = mover => portion(sized, mover)
  const sets = new Map(movers.map(setOf).map(each => [sourceTopic(each), each]))
  for (const each of sets.values()) await fillSource(session, each)
  const results = await inTurns(session, { movers, setOf, rounds })
  await session.topics.remove([...sets.keys()])
  return results
}

async function inTurns(session, { movers, setOf, rounds }) {
  const results = []
  for (let round = 1; round <= rounds; round++)
    for (const mover of turned(movers, round)) {
      const result = { round, ...(await copy(session, mover, setOf(mover), { digest: round === 1 })) }
      results.push(result)
      say(lineOf(result, rounds))
    }
  return results
}

function lineOf({ round, set, mover, wall, records, moverCpu, brokerCpu, peak, problem }, rounds) {
  const rate = Math.round(records / wall).toLocaleString('en')
  const cost = `mover ${moverCpu.toFixed(1)} s, broker ${brokerCpu.toFixed(1)} s, ${Math.round(peak / 1e6)} MB`
  const about = `${set} ${round}/${rounds} ${mover}: ${wall.toFixed(2)} s, ${rate}/s, ${cost}`
  return problem ? `${about}  WRONG: ${problem}` : about
}
