// read.mjs JOB: reads the rows of a window and does nothing with them; prints their number.

import { connect, keysetPages } from './clients.mjs'

const { url, window } = JSON.parse(process.argv[2])
const client = await connect(url)
let count = 0
for await (const rows of keysetPages(client, window)) count += rows.length
await client.end()
console.log(count)
