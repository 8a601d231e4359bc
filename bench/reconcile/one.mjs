// One comparison in a process of its own: `node one.mjs stream|file IDS FOLDER`. A thousandth of the ids was never seen.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileIds } from '../../dist/reconcile/file-ids.js'
import { reconcile } from '../../dist/reconcile/reconcile.js'

const [how, count, folder] = process.argv.slice(2)
const ids = Number(count)
const BATCH = 10_000
const LOST_OF = 1000
const SECOND = 1000

const stream = isSeen => ({
  kind: 'stream',
  name: isSeen ? 'seen' : 'expected',
  async *batches() {
    for (let from = 0; from < ids; from += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, ids - from) }, (_, at) => from + at)
      const kept = isSeen ? batch.filter(id => id % LOST_OF !== 7) : batch
      yield { ids: kept.map(id => `order-${id}`), times: kept.map(id => id * SECOND) }
    }
  },
})

const files = () => {
  // Another process writes them, so that this one's peak is its own.
  execFileSync(process.execPath, [fileURLToPath(new URL('fill.mjs', import.meta.url)), count, folder])
  const file = name => fileIds({ path: join(folder, name), id: 'id', time: 'at', zone: 'UTC' }, folder)
  return Promise.all([file('expected.parquet'), file('seen.parquet')])
}

const [expected, seen] = how === 'file' ? await files() : [stream(false), stream(true)]
const began = performance.now()
const found = await reconcile({
  expected,
  seen: [seen],
  range: {},
  missingFile: join(folder, 'missing.txt'),
  temporary: folder,
  signal: new AbortController().signal,
})
const seconds = (performance.now() - began) / 1000
const right = found.missing === Math.ceil((ids - 7) / LOST_OF) && found.extra === 0 && found.duplicates === 0
console.log(JSON.stringify({ how, ids, seconds, peakMegabytes: process.resourceUsage().maxRSS / 1024, right }))
