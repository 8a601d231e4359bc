import type { DatabaseLabOptions } from '../../../../src/lab/database/options.js'
import type { DatabaseState } from '../../../../src/lab/database/state.js'

/** A MariaDB lab's state for tests: port 100. */
export const aMysqlState = (
  options: Partial<DatabaseLabOptions> = {},
  over: Partial<DatabaseState> = {},
): DatabaseState => ({
  service: 'mysql',
  options: { name: 'night', ...options },
  source: 'machine',
  port: 100,
  programs: { server: '/bin/mariadbd', install: '/bin/mariadb-install-db' },
  data: '/data',
  ...over,
})
