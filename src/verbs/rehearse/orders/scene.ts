import type { RabbitSettings } from '../../../brokers/rabbitmq/settings.js'
import type { Io } from '../../../io.js'

/** What the scenarios about orders are played on: a queue, and a database that has the orders. */
export type Scene = {
  /** Orders of the day; ids from 1. */
  readonly records: number
  readonly home: string
  readonly env: Io['env']
  /** How to get into RabbitMQ, the queue, its address as it is typed, and flags of each verb that asks the broker. */
  readonly settings: RabbitSettings
  readonly queue: string
  readonly target: string
  readonly every: readonly string[]
  /** PostgreSQL with its password, for ourselves; and as it is typed. */
  readonly url: string
  readonly database: string
  /** The name of a table, with our schema in front of it where the database is not our own. */
  readonly table: (name: string) => string
}

/** What a scenario has come to. */
export type Outcome = {
  /** The run of the replay. */
  readonly run: string
  /** What the rehearsal's last line says. */
  readonly sentence: string
  /** What was proved, by name. */
  readonly proof: Readonly<Record<string, number>>
}

/** Milliseconds of an hour and of half of it. */
export const HOUR_MS = 3_600_000
const OPENS_AT = 8
const OPEN_HOURS = 10

/** The day of the orders: yesterday, 08:00 to 18:00 UTC. */
export type Day = {
  /** Start and end as the flags of a range take them. */
  readonly range: readonly [string, string]
  /** When an order was made, by its id. */
  readonly timeOf: (id: number) => Date
  /** The first id of a half-hour: of number 0 it is 1, of number 20 one behind the last. */
  readonly firstOf: (halfHour: number) => number
}

/** Spreads the orders evenly over the day before `now`. */
export function dayBefore(now: Date, records: number): Day {
  const midnight = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - 1)
  const opens = midnight + OPENS_AT * HOUR_MS
  const at = (ms: number) => new Date(ms).toISOString().slice(0, 16)
  return {
    range: [at(opens), at(opens + OPEN_HOURS * HOUR_MS)],
    timeOf: id => new Date(opens + Math.floor(((id - 1) * OPEN_HOURS * HOUR_MS) / records)),
    firstOf: halfHour => Math.ceil((halfHour * records) / (2 * OPEN_HOURS)) + 1,
  }
}
