import type { MysqlLabOptions } from '../../../../src/lab/mysql/options.js'
import type { MysqlState } from '../../../../src/lab/mysql/state.js'

/** A MariaDB lab's state for tests: port 100. */
export const aMysqlState = (options: Partial<MysqlLabOptions> = {}, over: Partial<MysqlState> = {}): MysqlState => ({
  service: 'mysql',
  options: { name: 'night', ...options },
  source: 'machine',
  port: 100,
  programs: { server: '/bin/mariadbd', install: '/bin/mariadb-install-db' },
  data: '/data',
  ...over,
})
