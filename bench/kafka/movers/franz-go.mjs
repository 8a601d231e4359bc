import { join } from 'node:path'
import { TARGET_PARTITIONS } from '../lib/sets.mjs'

/** The Go copier of bench/kafka/franz-go/copier: idempotent, but at least once over a crash. */
const franzGo = (name, route) => ({
  name,
  route: route === 'key' ? 'key' : 'none',
  guarantee: 'at least once',
  digest: 'full',
  missing: tools => (tools.go ? undefined : 'go is not on PATH'),
  createsTarget: true,
  command: ({ broker, source, target, set, tools }) => ({
    file: join(tools.bin, 'copier'),
    args: [
      ...['-brokers', broker.address, '-source', source, '-target', target],
      ...['-route', route, '-codec', set.codec, '-partitions', String(TARGET_PARTITIONS)],
    ],
  }),
})

export const franzGoKey = franzGo('franz-go-key', 'key')
export const franzGoRoundRobin = franzGo('franz-go', 'rr')
