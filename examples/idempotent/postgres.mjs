// A handler for `spillway fanout … --module examples/idempotent/postgres.mjs`: check and effect in one transaction.
//
//   psql "$DATABASE_URL" -f examples/idempotent/postgres.sql
//   DATABASE_URL=postgres://user@host/db spillway fanout RUN --module examples/idempotent/postgres.mjs --concurrency 16 --execute
//
// The effect here adds to a balance: done twice it would be wrong, so it shows whether it was.
import { Pool } from 'pg'

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 16 })
// An idle connection that breaks is replaced; one in use fails its own query.
pool.on('error', error => console.error(`postgres: ${error.message}`))

export default async function handle(message) {
  const { customer, cents } = JSON.parse(message.value)
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    // The unique key decides: somebody else with the same id waits here until our transaction has ended, then gets 0 rows.
    const mark = 'INSERT INTO handled_messages (id) VALUES ($1) ON CONFLICT (id) DO NOTHING'
    const { rowCount } = await client.query(mark, [message.id])
    if (rowCount === 1) await credit(client, customer, cents)
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    // Closing the connection rolls back, also where it is unknown what the server has seen.
    client.release(true)
    throw error
  }
}

/** Called when the run ends. */
export const close = () => pool.end()

/** The business: whatever it writes goes through this connection, and so into the same transaction. */
const credit = (client, customer, cents) =>
  client.query(
    `INSERT INTO balances (customer, cents) VALUES ($1, $2)
     ON CONFLICT (customer) DO UPDATE SET cents = balances.cents + excluded.cents`,
    [customer, cents],
  )
