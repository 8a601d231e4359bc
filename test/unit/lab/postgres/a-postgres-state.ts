import type { PostgresLabOptions } from '../../../../src/lab/postgres/options.js'
import type { PostgresState } from '../../../../src/lab/postgres/state.js'

/** A PostgreSQL lab's state for tests: port 100. */
export const aPostgresState = (
  options: Partial<PostgresLabOptions> = {},
  over: Partial<PostgresState> = {},
): PostgresState => ({
  service: 'postgres',
  options: { name: 'night', ...options },
  source: 'machine',
  port: 100,
  bin: '/pg/bin',
  data: '/data',
  ...over,
})
