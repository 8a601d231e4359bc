import { expect, it } from 'vitest'
import { shownAddress } from '../../../../src/lab/database/given.js'
import { describeDatabase } from '../../../../src/lab/database/report.js'
import { serverArguments } from '../../../../src/lab/postgres/machine-server.js'
import { POSTGRES } from '../../../../src/lab/postgres/postgres.js'
import { aPostgresState } from './a-postgres-state.js'

it('says where the password is, never what it is', () => {
  const report = {
    source: 'machine',
    version: '15.18',
    address: 'postgres://postgres@127.0.0.1:100/postgres',
    passwordFile: '/lab/pgpass',
    pid: 7,
    ready: true,
    folder: '/lab',
  } as const
  expect(describeDatabase(POSTGRES, 'night', report)).toBe(`night: PostgreSQL 15.18 by machine, ready
  address     postgres://postgres@127.0.0.1:100/postgres
  password    export PGPASSFILE=/lab/pgpass
  process     7
  log         /lab/postgres.log
`)
})

it.each([
  ['postgres://u:p@h:1/d', 'postgres://u@h:1/d'],
  ['postgresql://h/d?password=secret&sslmode=require', 'postgresql://h/d'],
])('shows %j without what may be a password', (url, shown) => {
  expect(shownAddress(POSTGRES, url)).toBe(shown)
})

it.each(['postgres://u:p/q@h', 'secret', 'mysql://u:secret@h/d'])('refuses %j without showing it', url => {
  expect(() => shownAddress(POSTGRES, url)).toThrow('SPILLWAY_POSTGRES_URL is not an address')
})

it('listens on 127.0.0.1 alone, and lets settings win over its own', () => {
  const given = serverArguments(aPostgresState({ config: { log_destination: 'csvlog', fsync: 'off' } }))
  expect(given.join(' ')).toBe(
    '-D /data/cluster -c listen_addresses=127.0.0.1 -c port=100 -c unix_socket_directories= -c logging_collector=off -c log_destination=csvlog -c fsync=off',
  )
})
