import { say } from '../../lib/command.mjs'
import { median } from '../../lib/stats.mjs'
import { turned } from '../../lib/turns.mjs'
import { copy } from './copy.mjs'
import { scaled, startupSet } from './sets.mjs'

/**
 * What each mover needs for 30 messages, from exec to exit: its start-up, for each type of queue. A first round is thrown away.
 * @returns runs, and medians as `{ classic: { MOVER: { wall, moverCpu, brokerCpu } } }`
 */
export async function startups(session, { movers, types, rounds }) {
  const runs = []
  const medians = {}
  for (const type of types) {
    const set = startupSet(type)
    await inTurns(session, { movers, set, rounds: 1, label: 'warm-up' })
    const these = await inTurns(session, { movers, set, rounds })
    runs.push(...these)
    medians[type] = Object.fromEntries(movers.map(({ name }) => [name, middle(these, name)]))
  }
  return { runs, medians }
}

function middle(runs, name) {
  const right = runs.filter(({ mover, problem }) => mover === name && !problem)
  const of = field => median(right.map(run => run[field]))
  return { wall: of('wall'), moverCpu: of('moverCpu'), brokerCpu: of('brokerCpu') }
}

/** Every mover copies the set once a round, in turn; `results` grows as they do. */
export function copies(session, { movers, set, scale, rounds }, results) {
  return inTurns(session, { movers, set: scaled(set, scale), rounds, results })
}

async function inTurns(session, { movers, set, rounds, label, results = [] }) {
  for (let round = 1; round <= rounds; round++)
    for (const mover of turned(movers, round)) {
      const digest = round === 1 && label === undefined
      const result = { round, type: set.type, ...(await copy(session, mover, set, { digest })) }
      results.push(result)
      say(lineOf(result, label ?? `${round}/${rounds}`))
    }
  return results
}

function lineOf({ set, mover, wall, records, moverCpu, brokerCpu, peak, problem }, label) {
  const rate = Math.round(records / wall).toLocaleString('en')
  const cost = `mover ${moverCpu.toFixed(1)} s, broker ${brokerCpu.toFixed(1)} s, ${Math.round(peak / 1e6)} MB`
  const about = `${set} ${label} ${mover}: ${wall.toFixed(2)} s, ${rate}/s, ${cost}`
  return problem ? `${about}  WRONG: ${problem}` : about
}
