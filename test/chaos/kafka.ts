import { connect } from '../../src/brokers/kafka/link.js'
import { startKafka } from '../../src/lab/kafka/start.js'
import { stopping } from './ctrl-c.js'
import { Backlogs } from './kafka/backlogs.js'
import { KILLABLE, killAndStart } from './kafka/broker-killed.js'
import { kafkaSystem } from './kafka/copy.js'
import { pairings } from './kafka/sources.js'
import { main } from './main.js'

const USAGE = `npm run chaos:kafka -- [options]
  --kills 200       kill -9 of the drain, in all
  --seed N          the same moments and settings again; drawn, and printed, by default
  --mode WORDS      key, none, counting, a source (lz4, singles, aborts...), or both: none/lz4,key
  --records 200k    of the larger sources
  --broker-kills 6  kill -9 of the broker, in one of so many copies; 0 never
  --bin FILE        another build's bin/spillway.js`

await main({
  form: { usage: USAGE, defaults: { kills: '200', records: '200k' }, pairings, flags: [] },
  killsPerCopy: 5,
  praise: 'every copy exact, 0 lost, 0 twice',
  start: (_asked, say) => startKafka({ name: `chaos-${process.pid}`, config: KILLABLE }, say),
  async open(lab, { records, brokerKills }, world) {
    const link = await connect(lab.settings)
    const backlogs = new Backlogs(lab, link, records)
    const blow = { name: 'broker killed', every: brokerKills, strike: () => killAndStart(lab) }
    return {
      ...kafkaSystem({ ...world, place: lab, link, backlogs }, [stopping(world.random, { every: 3, early: 2 }), blow]),
      [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
    }
  },
})
