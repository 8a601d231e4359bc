import { startRabbit } from '../../src/lab/rabbitmq/start.js'
import { ensurePika } from '../live/pika.js'
import { proxyTo } from '../live/tcp-proxy.js'
import { stopping } from './ctrl-c.js'
import { main } from './main.js'
import { blowsOn, cutting } from './rabbitmq/blows.js'
import { discardSystem, discards } from './rabbitmq/discard.js'
import { Queues } from './rabbitmq/queues.js'

const USAGE = `npm run chaos:discard-rabbitmq -- [options]
  --kills 100       kill -9 of the discard, in all
  --seed N          the same moments and settings again; drawn, and printed, by default
  --mode WORDS      all, most (--max-messages), age, a source (classic, quorum, large...), or both: all/quorum,age
  --records 20k     of the larger sources
  --broker-kills 6  kill -9 of the broker, in one of so many runs, and as often a restart; 0 never
  --version 4       the RabbitMQ 4 of Debian 13, unpacked; the machine's own by default
  --bin FILE        another build's bin/spillway.js`

/** Kills of one run spend deliveries, so a limit of the queue's own would end it. */
const NO_LIMIT = 1000
const PACED = 0.8

await main({
  form: { usage: USAGE, defaults: { kills: '100', records: '20k' }, pairings: discards, flags: ['version'] },
  killsPerCopy: 5,
  praise: 'every message that went is in an archive, none twice beyond the report',
  async start({ more }, say) {
    await ensurePika(say)
    const version = more.version === '4' ? { version: '4' as const } : {}
    return startRabbit({ name: `chaos-discard-${process.pid}`, source: 'machine', ...version }, say)
  },
  async open(lab, { records, brokerKills }, world) {
    const proxy = await proxyTo(lab.amqpPort)
    const place = { url: lab.url, managementUrl: lab.managementUrl, vhost: '/' }
    const queues = new Queues(place, lab.settings, records)
    await queues.limitDeliveries('chaos', '^chaos-', NO_LIMIT)
    const blows = [stopping(world.random, { every: 4, early: 3 }), cutting(proxy), ...blowsOn(lab, brokerKills)]
    return {
      ...discardSystem({ ...world, queues, port: proxy.port, paced: PACED }, blows),
      [Symbol.asyncDispose]: async () => proxy.close(),
    }
  },
})
