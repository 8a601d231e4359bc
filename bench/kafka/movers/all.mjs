import { franzGoKey, franzGoRoundRobin } from './franz-go.mjs'
import { kafkajsKey, kafkajsPlain } from './kafkajs.mjs'
import { kcat } from './kcat.mjs'
import { limit } from './limit.mjs'
import { mirrorMaker } from './mirror-maker.mjs'
import { spillwayKey, spillwayNone } from './spillway.mjs'

const all = [
  spillwayKey,
  franzGoKey,
  spillwayNone,
  franzGoRoundRobin,
  kafkajsPlain,
  kafkajsKey,
  kcat,
  mirrorMaker,
  limit,
]

/** Movers by name. */
export const MOVERS = Object.fromEntries(all.map(mover => [mover.name, mover]))

/** What runs unless --movers says otherwise; of the two kafkajs copiers the faster. */
export const DEFAULT_MOVERS = all.map(({ name }) => name).filter(name => name !== 'kafkajs-key')
