import type { DatabaseLabOptions } from '../../../../src/lab/database/options.js'
import type { DatabaseState } from '../../../../src/lab/database/state.js'

/** A PostgreSQL lab's state for tests: port 100. */
export const aPostgresState = (
  options: Partial<DatabaseLabOptions> = {},
  over: Partial<DatabaseState> = {},
): DatabaseState => ({
  service: 'postgres',
  options: { name: 'night', ...options },
  source: 'machine',
  port: 100,
  bin: '/pg/bin',
  data: '/data',
  ...over,
})
