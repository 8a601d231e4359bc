// The pattern of postgres.mjs for many messages a second: what waits while one INSERT is on its way goes into the next one.
//
//   psql "$DATABASE_URL" -f examples/idempotent/postgres-batch.sql
//   DATABASE_URL=… spillway fanout RUN --module examples/idempotent/postgres-batch.mjs --concurrency 1000 --execute
//
// A statement is a transaction: all its rows are there, or none. `npm run rehearse` ends with this handler, and proves by
// SQL that each order is there once, and the orders of a customer in order.
import { Pool } from 'pg'

const CONNECTIONS = 2
const MOST_ROWS = 1000

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: CONNECTIONS })
pool.on('error', error => console.error(`postgres: ${error.message}`))

let waiting = []
let writing = 0

/** Resolves when the row is committed. The order of a key is kept because its next message comes only after that. */
export default function handle(message) {
  return new Promise((resolve, reject) => {
    waiting.push({ message, resolve, reject })
    if (writing < CONNECTIONS) setImmediate(write)
  })
}

/** Called when the run ends. */
export const close = () => pool.end()

async function write() {
  if (waiting.length === 0 || writing === CONNECTIONS) return
  const batch = waiting.slice(0, MOST_ROWS)
  waiting = waiting.slice(MOST_ROWS)
  writing++
  try {
    await insert(batch.map(({ message }) => message))
    for (const { resolve } of batch) resolve()
  } catch (error) {
    for (const { reject } of batch) reject(error)
  } finally {
    writing--
    setImmediate(write)
  }
}

// One parameter a column, so that the statement is the same for any number of rows.
const INSERT = {
  name: 'insert-orders',
  text: `WITH fresh AS (
    INSERT INTO orders (message_id, customer, number, bytes)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::integer[])
    ON CONFLICT (message_id) DO NOTHING
    RETURNING 1
  )
  INSERT INTO repeats (messages) SELECT $5::bigint - count(*) FROM fresh HAVING count(*) < $5::bigint`,
}

async function insert(messages) {
  const columns = [
    messages.map(({ id }) => id),
    messages.map(({ key }) => key?.toString()),
    // `spillway lab fill` writes the number of each order into its first 12 bytes.
    messages.map(({ value }) => Number(value.toString('latin1', 0, 12))),
    messages.map(({ value }) => value.length),
  ]
  await pool.query({ ...INSERT, values: [...columns, messages.length] })
}
