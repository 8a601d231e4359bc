// Parquet files of both sides: `node fill.mjs IDS FOLDER`.

import { openDuckDb } from '../../dist/archive/duckdb.js'

const [ids, folder] = process.argv.slice(2)
const db = await openDuckDb({ folder, memory: '400MB' })
const rows = `SELECT 'order-' || i AS id, i * 1000 AS at FROM range(${Number(ids)}) t(i)`
await db.run(`COPY (${rows}) TO '${folder}/expected.parquet'`)
await db.run(`COPY (${rows} WHERE i % 1000 <> 7) TO '${folder}/seen.parquet'`)
await db[Symbol.asyncDispose]()
