import type { Database } from '../database/database.js'
import { askVersion } from './client.js'
import { dockerRunner, prepareImage } from './docker.js'
import { ensurePostgres } from './install.js'
import { POSTGRES_DATABASE, POSTGRES_USER } from './login.js'
import { machineRunner } from './machine-server.js'

/** PostgreSQL, as the lab has it. */
export const POSTGRES: Database = {
  service: 'postgres',
  title: 'PostgreSQL',
  user: POSTGRES_USER,
  database: POSTGRES_DATABASE,
  scheme: /^postgres(ql)?:$/,
  example: 'postgres://user:PASSWORD@host:5432/DB',
  // As PGPASSFILE has it: https://www.postgresql.org/docs/current/libpq-pgpass.html
  password: {
    file: 'pgpass',
    write: ({ port, password }) => `127.0.0.1:${port}:*:${POSTGRES_USER}:${password}\n`,
    read: text => text.trim().split(':').at(-1) ?? '',
    describe: path => `password    export PGPASSFILE=${path}`,
  },
  users: ['postgres', 'nobody'],
  // "Fast shutdown", and "immediate shutdown", which ends its children too, without writing out data that is to go: https://www.postgresql.org/docs/current/server-shutdown.html
  orderlySignal: 'SIGINT',
  lastSignal: 'SIGQUIT',
  runners: { docker: dockerRunner, machine: machineRunner },
  prepareImage,
  ensurePrograms: async (lockFile, say) => ({ bin: await ensurePostgres(lockFile, say) }),
  askVersion,
}
