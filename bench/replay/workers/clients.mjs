import mysql from 'mysql2/promise'
import pg from 'pg'

const PAGE = 5000

/** A client of the database of this URL: `rows(sql, values)`, placeholders as `?`. */
export async function connect(url) {
  if (url.startsWith('postgres:')) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const numbered = text => {
      let at = 0
      return text.replaceAll('?', () => `$${++at}`)
    }
    return {
      rows: async (text, values) => (await client.query(numbered(text), values)).rows,
      time: iso => iso,
      behind: '(created_at, id) > (?, ?)',
      place: ({ created_at: at, id }) => [at, id],
      end: () => client.end(),
    }
  }
  const client = await mysql.createConnection({ uri: url, timezone: 'Z' })
  return {
    rows: async (text, values) => (await client.query(text, values))[0],
    time: iso => new Date(iso),
    // Of a comparison of row values MariaDB takes the time alone to its index.
    behind: '(created_at > ? OR (created_at = ? AND id > ?))',
    place: ({ created_at: at, id }) => [at, at, id],
    end: () => client.end(),
  }
}

/** The rows of a window, page by page behind the last one, in the order of time and key. */
export async function* keysetPages(client, { from, to }) {
  let [text, values] = ['created_at >= ? AND created_at < ?', [client.time(from), client.time(to)]]
  const whole = values
  for (;;) {
    const rows = await client.rows(`SELECT * FROM orders WHERE ${text} ORDER BY created_at, id LIMIT ${PAGE}`, values)
    yield rows
    const last = rows.at(-1)
    if (rows.length < PAGE || last === undefined) return
    text = `created_at >= ? AND created_at < ? AND ${client.behind}`
    values = [...whole, ...client.place(last)]
  }
}
