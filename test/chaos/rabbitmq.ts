import type { RabbitLab } from '../../src/lab/rabbitmq/options.js'
import { startRabbit } from '../../src/lab/rabbitmq/start.js'
import { ensurePika } from '../live/pika.js'
import { proxyTo, type TcpProxy } from '../live/tcp-proxy.js'
import { stopping } from './ctrl-c.js'
import { main } from './main.js'
import { blowsOn, cutting } from './rabbitmq/blows.js'
import { type RabbitWorld, rabbitSystem } from './rabbitmq/copy.js'
import { Queues } from './rabbitmq/queues.js'
import { siege } from './rabbitmq/siege.js'
import { pairings } from './rabbitmq/sources.js'
import type { World } from './scene.js'

const USAGE = `npm run chaos:rabbitmq -- [options]
  --kills 100       kill -9 of the drain, the restore and the undo, in all
  --seed N          the same moments and settings again; drawn, and printed, by default
  --mode WORDS      key, routed, none, a source (classic, quorum, large...), or both: none/quorum,key
  --records 20k     of the larger sources
  --broker-kills 6  kill -9 of the broker, in one of so many copies, and as often a restart; 0 never
  --version 4       the RabbitMQ 4 of Debian 13, unpacked; the machine's own by default
  --bin FILE        another build's bin/spillway.js`

/** Before 4.0 there is no limit by default (rabbitmq.com/docs/quorum-queues#poison-message-handling). */
const DEFAULT_LIMIT = 20
const NO_LIMIT = -1
const SIEGE_KILLS = 25
const PACED = 0.7

await main({
  form: { usage: USAGE, defaults: { kills: '100', records: '20k' }, pairings, flags: ['version'] },
  killsPerCopy: 6,
  praise: 'every copy whole, 0 lost, none twice beyond the report',
  async start({ more }, say) {
    await ensurePika(say)
    const version = more.version === '4' ? { version: '4' as const } : {}
    return startRabbit({ name: `chaos-${process.pid}`, source: 'machine', ...version }, say)
  },
  async open(lab, asked, world) {
    const proxy = await proxyTo(lab.amqpPort)
    const shared = await worldOf(lab, world, asked.records, proxy)
    return {
      ...rabbitSystem(shared, [
        stopping(world.random, { every: 4, early: 3 }),
        cutting(proxy),
        ...blowsOn(lab, asked.brokerKills),
      ]),
      last: () => siege(shared, { queue: `chaos-siege-${process.pid}`, kills: SIEGE_KILLS }),
      [Symbol.asyncDispose]: async () => proxy.close(),
    }
  },
})

async function worldOf(lab: RabbitLab, world: World, messages: number, { port }: TcpProxy): Promise<RabbitWorld> {
  const place = { url: lab.url, managementUrl: lab.managementUrl, vhost: '/' }
  const queues = new Queues(place, lab.settings, messages)
  if (Number.parseInt(lab.version, 10) < 4)
    await queues.limitDeliveries('chaos', '^chaos-(?![^.]*unlimited)[^.]*$', DEFAULT_LIMIT)
  else await queues.limitDeliveries('chaos', '^chaos-[^.]*unlimited$', NO_LIMIT)
  return { ...world, queues, port, paced: PACED }
}
