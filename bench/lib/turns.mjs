import { say } from './command.mjs'

/** Splits movers into those that can run here and, with the reason, those left out. */
export function present(movers, tools) {
  const absent = movers
    .map(mover => ({ name: mover.name, reason: mover.missing(tools) }))
    .filter(({ reason }) => reason)
  const out = new Set(absent.map(({ name }) => name))
  for (const { name, reason } of absent) say(`leaving out ${name}: ${reason}`)
  return { movers: movers.filter(({ name }) => !out.has(name)), absent }
}

/** Another mover goes first each round, so that no one always follows the same neighbour's deletions. */
export const turned = (movers, round) => {
  const at = (round - 1) % movers.length
  return [...movers.slice(at), ...movers.slice(0, at)]
}
