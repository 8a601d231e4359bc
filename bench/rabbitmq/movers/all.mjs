import { amqplibBatched, amqplibEach, rabbitmqClient } from './copiers.mjs'
import { limitConsume, limitPublish } from './limit.mjs'
import { shovelHash, shovelOne } from './shovel.mjs'
import { spillwayKey, spillwayNone } from './spillway.mjs'

const all = [
  spillwayNone,
  spillwayKey,
  shovelOne,
  shovelHash,
  amqplibEach,
  amqplibBatched,
  rabbitmqClient,
  limitPublish,
  limitConsume,
]

/** Movers by name. */
export const MOVERS = Object.fromEntries(all.map(mover => [mover.name, mover]))

/** What runs unless --movers says otherwise. */
export const DEFAULT_MOVERS = Object.keys(MOVERS)
