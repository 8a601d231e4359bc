import { stopping } from './ctrl-c.js'
import { main } from './main.js'
import { replaySystem } from './replay/copy.js'
import { databaseBlows, startLabs, targetBlow } from './replay/labs.js'
import { replays } from './replay/tables.js'

const USAGE = `npm run chaos:replay -- [options]
  --kills 100       kill -9 of the replay, in all
  --seed N          the same moments and settings again; drawn, and printed, by default
  --mode WORDS      exact (transactions), idempotent (--no-transaction), queue (RabbitMQ), a source (postgres, query,
                    mysql), or both: exact/mysql,queue
  --records 20k     rows of each table
  --broker-kills 6  kill -9 of the target's broker, in one of so many runs; of the database as often, and a restart of it; 0 never
  --bin FILE        another build's bin/spillway.js`

await main({
  form: { usage: USAGE, defaults: { kills: '100', records: '20k' }, pairings: replays, flags: [] },
  killsPerCopy: 5,
  praise: 'every row there, none twice beyond the report',
  start: ({ pairings }, say) => startLabs(pairings, say),
  async open(labs, { records, brokerKills }, world) {
    const { kafka, rabbit, postgres, mysql } = labs
    const databases = { postgres: postgres?.url, mysql: mysql?.url }
    const killable = [postgres, mysql].filter(each => each !== undefined)
    const blows = [
      stopping(world.random, { every: 3, early: 2 }),
      ...databaseBlows(killable, brokerKills),
      targetBlow(labs, brokerKills),
    ]
    const place = rabbit ? { rabbit: { url: rabbit.url, managementUrl: rabbit.managementUrl, vhost: '/' } } : {}
    return {
      ...replaySystem({ ...world, kafka, databases, records, ...place }, blows),
      [Symbol.asyncDispose]: async () => undefined,
    }
  },
})
