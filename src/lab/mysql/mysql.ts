import type { Database } from '../database/database.js'
import { askVersion } from './client.js'
import { dockerRunner, prepareImage } from './docker.js'
import { ensureMysql } from './install.js'
import { MYSQL_DATABASE, MYSQL_USER } from './login.js'
import { machineRunner } from './machine-server.js'

/** MariaDB, as the lab has it. */
export const MYSQL: Database = {
  service: 'mysql',
  title: 'MariaDB',
  user: MYSQL_USER,
  database: MYSQL_DATABASE,
  scheme: /^(mysql|mariadb):$/,
  example: 'mysql://user:PASSWORD@host:3306/DB',
  // As an option file has the login: https://mariadb.com/kb/en/configuring-mariadb-with-option-files/
  password: {
    file: 'client.cnf',
    write: ({ port, password }) =>
      `[client]\nprotocol=tcp\nhost=127.0.0.1\nport=${port}\nuser=${MYSQL_USER}\npassword=${password}\n`,
    read: text => /^password=(.*)$/m.exec(text)?.[1] ?? '',
    describe: path => `login       mariadb --defaults-extra-file=${path}`,
  },
  users: ['mysql', 'nobody'],
  orderlySignal: 'SIGTERM',
  // One process; an orderly end would write out data that is to go.
  lastSignal: 'SIGKILL',
  runners: { docker: dockerRunner, machine: machineRunner },
  prepareImage,
  ensurePrograms: async (lockFile, say) => ({ programs: await ensureMysql(lockFile, say) }),
  askVersion,
}
