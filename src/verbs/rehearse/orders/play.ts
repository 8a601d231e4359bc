import { Bug } from '../../../errors.js'
import type { Io } from '../../../io.js'
import type { Database } from '../database.js'
import type { Ground } from '../night.js'
import type { Stage } from '../stage.js'
import type { Outcome, Scene } from './scene.js'

/** What a scenario about orders is given. */
export type Orders = {
  readonly scenario: 'ttl' | 'full'
  readonly ground: Ground
  readonly database: Database
  readonly records: number
  readonly home: string
  readonly env: Io['env']
}

/** Plays one of the scenarios about orders. Throws at the first step that does not do as promised. */
export async function playOrders(orders: Orders, stage: Stage): Promise<Outcome> {
  const scene = sceneOf(orders)
  return orders.scenario === 'ttl'
    ? (await import('./ttl.js')).playTtl(scene, stage)
    : (await import('./full.js')).playFull(scene, stage)
}

function sceneOf({ ground, database, records, home, env }: Orders): Scene {
  const { place, night } = ground
  if (place === undefined) throw new Bug('A scenario about orders has no queue')
  const { url, schema, report } = database
  // A password has no place in the commands that are shown.
  const password = decodeURIComponent(new URL(url).password)
  return {
    ...place,
    records,
    home,
    env: { ...env, PGPASSWORD: password },
    target: night.source,
    every: night.every,
    url,
    database: report.postgres?.address ?? '',
    table: name => (schema === undefined ? name : `${schema}.${name}`),
  }
}
