import { messageWriter } from './messages.mjs'
import { openWire } from './wire.mjs'

const WINDOW = 5000
const CHUNK = 64 << 10

/**
 * Publishes messages 0 to `records` in turn to the exchanges, and resolves when all are confirmed.
 * @param {{ host: string, port: number }} place
 * @param {{ exchanges: string[], size: number, records: number }} what
 */
export async function publishAll(place, { exchanges, size, records }) {
  const confirms = countConfirms()
  const wire = await openWire(place, { confirmed: confirms.take })
  await wire.confirms()
  const writers = exchanges.map(exchange => messageWriter(exchange, size))
  const step = Math.max(1, Math.floor(CHUNK / Math.max(...writers.map(({ length }) => length))))
  const until = count => Promise.race([confirms.reach(count), wire.failed])
  for (let number = 0; number < records; ) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    let end = 0
    for (const stop = Math.min(records, number + step); number < stop; number++) {
      const writer = writers[number % writers.length]
      writer.write(chunk, end, number)
      end += writer.length
    }
    if (!wire.write(chunk.subarray(0, end))) await Promise.race([wire.drained(), wire.failed])
    await until(number - WINDOW)
  }
  await until(records)
  await wire.close()
}

/** Counts confirms, which come one by one or for all up to a tag, in any order. */
function countConfirms() {
  const beyond = new Set()
  let prefix = 0
  let goal = { count: 0, resolve: () => {} }
  return {
    take(tag, multiple) {
      if (multiple && tag > prefix) {
        for (const each of beyond) if (each <= tag) beyond.delete(each)
        prefix = tag
      } else if (tag > prefix) beyond.add(tag)
      while (beyond.delete(prefix + 1)) prefix++
      if (prefix + beyond.size >= goal.count) goal.resolve()
    },
    reach(count) {
      if (prefix + beyond.size >= count) return undefined
      return new Promise(resolve => {
        goal = { count, resolve }
      })
    },
  }
}
