import { formatCount, formatDuration } from '../../core/quantity.js'
import { progressOf } from '../../present/progress.js'
import type { Done, Stage } from './stage.js'
import { checkTestimony, Witness } from './witness.js'

/** What stand-in consumers are told: whom to give each message to, and whom to ask after a few whether it is enough. */
export type Duty = {
  readonly take: (key: Buffer | null, body: Buffer | null) => void
  readonly enough: () => boolean
  readonly signal: AbortSignal
}

/** Stand-ins for the consumers of a user. */
export type Crew = {
  /** What they did around the work, in words. */
  readonly came: string
  readonly left: string
  /** Who they were and what they worked on, for the JSON document. */
  readonly facts: object
  /** Hands over every message, in the order of delivery, until it is enough. */
  readonly work: (duty: Duty) => Promise<void>
}

const SHOW_EVERY = 500

/** Lets them handle `records` messages, numbered from 0, and checks each against what was filled. Throws RunError where they differ. */
export async function workShift(crew: Crew, records: number, { io, present }: Stage): Promise<Done> {
  const witness = new Witness(records)
  const progress = progressOf(io, present)
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const show = () => {
    const perSecond = witness.handled / Math.max(seconds(), 0.001)
    const etaSeconds = (records - witness.handled) / perSecond
    progress.show({ done: BigInt(witness.handled), total: BigInt(records), perSecond, etaSeconds, state: 'handled' })
  }
  const take = (key: Buffer | null, body: Buffer | null) => {
    witness.take(key, body)
    if (witness.handled % SHOW_EVERY === 0) show()
  }
  const duty = { take, enough: () => witness.handled >= records, signal: io.soft }
  await crew.work(duty).finally(() => progress.stop())
  const testimony = witness.testimony()
  checkTestimony(testimony)
  const text = `${crew.came}, handled ${formatCount(testimony.handled)} messages in ${formatDuration(seconds())}, ${crew.left}
each number once, none missing, every key in order
`
  return { text, result: { ...crew.facts, ...testimony } }
}
