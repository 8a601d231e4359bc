import { connect } from '../../src/brokers/kafka/link.js'
import { startKafka } from '../../src/lab/kafka/start.js'
import { stopping } from './ctrl-c.js'
import { Backlogs } from './kafka/backlogs.js'
import { KILLABLE, killAndStart } from './kafka/broker-killed.js'
import { discardSystem, discards } from './kafka/discard.js'
import { main } from './main.js'

const USAGE = `npm run chaos:discard-kafka -- [options]
  --kills 100       kill -9 of the discard, in all
  --seed N          the same moments and settings again; drawn, and printed, by default
  --mode WORDS      all, age, a source (lz4, singles, aborts...), or both: all/lz4,age
  --records 200k    of the larger sources
  --broker-kills 6  kill -9 of the broker, in one of so many runs; 0 never
  --bin FILE        another build's bin/spillway.js`

await main({
  form: { usage: USAGE, defaults: { kills: '100', records: '200k' }, pairings: discards, flags: [] },
  killsPerCopy: 5,
  praise: 'every archive holds exactly what went',
  start: (_asked, say) => startKafka({ name: `chaos-discard-${process.pid}`, config: KILLABLE }, say),
  async open(lab, { records, brokerKills }, world) {
    const link = await connect(lab.settings)
    const backlogs = new Backlogs(lab, link, records)
    const blow = { name: 'broker killed', every: brokerKills, strike: () => killAndStart(lab) }
    const blows = [stopping(world.random, { every: 3, early: 2 }), blow]
    return {
      ...discardSystem({ ...world, place: lab, link, backlogs }, blows),
      [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
    }
  },
})
