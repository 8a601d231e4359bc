import { say } from '../lib/command.mjs'

/** Every so often come two rows of one time, in the order of their keys; 500,000 of them are a night of seven hours. */
const ROWS_AT_ONCE = 2
const EVERY_MS = 100
const DAY_MS = 86_400_000

/** Yesterday, so that a topic's retention does not take what was just sent. */
const FROM = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2).toISOString()

/** The window of the first so many rows, an even number. */
export const windowOf = rows => ({
  from: FROM,
  to: new Date(Date.parse(FROM) + Math.ceil(rows / ROWS_AT_ONCE) * EVERY_MS).toISOString(),
})

/** About 300 bytes as JSON, of the types that such tables have. */
const COLUMNS = {
  postgres:
    'id bigint PRIMARY KEY, created_at timestamptz NOT NULL, customer text, status text, paid boolean, amount numeric(12, 2), items integer, note text, updated_at timestamptz',
  mysql:
    'id bigint PRIMARY KEY, created_at datetime(3) NOT NULL, customer varchar(40), status varchar(20), paid boolean, amount decimal(12, 2), items int, note varchar(200), updated_at datetime(3)',
}

const postgresFill =
  rows => `INSERT INTO orders SELECT n, timestamptz '${FROM}' + (n / ${ROWS_AT_ONCE}) * interval '${EVERY_MS} ms',
  'customer-' || n % 100003, 'shipped', n % 3 = 0, n / 7.0, n % 40, md5(n::text) || md5((n + 1)::text) || md5((n + 2)::text),
  timestamptz '${FROM}' + n * interval '3 ms' FROM generate_series(0, ${rows - 1}) n`

const mysqlFill = rows => {
  const start = `'${FROM.replace('T', ' ').replace('Z', '')}'`
  return `INSERT INTO orders SELECT seq, ${start} + INTERVAL (seq DIV ${ROWS_AT_ONCE}) * ${EVERY_MS * 1000} MICROSECOND, CONCAT('customer-', seq % 100003), 'shipped', seq % 3 = 0,
  seq / 7.0, seq % 40, CONCAT(md5(seq), md5(seq + 1), md5(seq + 2)), ${start} + INTERVAL (seq * 3000) MICROSECOND FROM seq_0_to_${rows - 1}`
}

/** Databases by name: how each is started and filled. Rows lie by (created_at, id), as the index of whoever replays them must. */
export const DATABASES = {
  postgres: {
    name: 'postgres',
    async open(rows) {
      const { startDatabase } = await import('../../dist/lab/database/start.js')
      const { POSTGRES } = await import('../../dist/lab/postgres/postgres.js')
      const { runSql } = await import('../../dist/lab/postgres/client.js')
      const lab = await startDatabase(
        POSTGRES,
        { name: `bench-${process.pid}`, source: 'machine', config: { fsync: 'off' } },
        say,
      )
      for (const text of [
        `CREATE TABLE orders (${COLUMNS.postgres})`,
        postgresFill(rows),
        'CREATE UNIQUE INDEX ON orders (created_at, id)',
        'VACUUM ANALYZE orders',
      ])
        await runSql(lab.url, text)
      return lab
    },
  },
  mariadb: {
    name: 'mariadb',
    async open(rows) {
      const { startDatabase } = await import('../../dist/lab/database/start.js')
      const { MYSQL } = await import('../../dist/lab/mysql/mysql.js')
      const { runMysql } = await import('../../dist/lab/mysql/client.js')
      const config = { innodb_flush_log_at_trx_commit: '0', innodb_buffer_pool_size: '1G' }
      const lab = await startDatabase(MYSQL, { name: `bench-${process.pid}`, source: 'machine', config }, say)
      await runMysql(
        lab.url,
        `CREATE TABLE orders (${COLUMNS.mysql})`,
        mysqlFill(rows),
        'CREATE UNIQUE INDEX by_time ON orders (created_at, id)',
        'ANALYZE TABLE orders',
      )
      return lab
    },
  },
}
