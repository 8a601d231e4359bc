// lookup.mjs SYSTEM FOLDER ID: finds a message by its id, twice; prints JSON.

const [system, folder, id] = process.argv.slice(2)
const began = performance.now()
const { openArchiveIndex } = await import('../../dist/archive/index-search.js')
const index = await openArchiveIndex({ folder, system })

async function find() {
  const found = []
  for await (const rows of index.rows({ ids: [id] })) found.push(...rows)
  if (found.length !== 1) throw new Error(`${found.length} messages have the id ${id}`)
}

await find()
const first = performance.now()
await find()
const second = performance.now()
await index[Symbol.asyncDispose]()
console.log(
  JSON.stringify({
    seconds: (first - began) / 1000,
    again: (second - first) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1000,
  }),
)
