// A broker with the sets in it, until Ctrl-C: `node bench/kafka/one.mjs --broker HOST:PORT` then starts at once.

import { main } from '../lib/command.mjs'
import { fillSource } from './lib/fill.mjs'
import { readOptions, USAGE } from './lib/options.mjs'
import { inSession } from './lib/session.mjs'
import { scaled } from './lib/sets.mjs'

await main(async argv => {
  const options = readOptions(argv)
  if (options.help) return console.log(USAGE)
  await inSession(options, async session => {
    for (const set of options.sets) await fillSource(session, scaled(set, options.scale))
    console.log(`ready: --broker ${session.broker.address} (broker pid ${session.broker.pid}); Ctrl-C ends it`)
    await new Promise(resolve => setTimeout(resolve, 2 ** 31 - 1))
  })
})
