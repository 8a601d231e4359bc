import { BufferPool } from '../../../../../src/brokers/kafka/records/buffer-pool.js'
import type { Built, Packing } from '../../../../../src/brokers/kafka/records/builder.js'
import { stamp } from '../../../../../src/brokers/kafka/records/stamp.js'
import type { ParkedRecord, RelayContext } from '../../../../../src/brokers/kafka/relay/lane-context.js'
import type { ProduceQueue } from '../../../../../src/brokers/kafka/relay/produce-queue.js'
import { Router } from '../../../../../src/brokers/kafka/relay/router.js'
import type { Standing } from '../../../../../src/brokers/kafka/relay/settlement.js'
import type { KafkaPlan } from '../../../../../src/core/plan.js'
import { type ABatch, decodeBatch } from '../records/a-batch.js'

const NOBODY = { producerId: -1n, epoch: -1, sequence: -1, transactional: false }

type Shape = {
  readonly partition?: number
  readonly partitions?: number
  readonly factor?: number
  readonly order?: 'key' | 'none'
  readonly guarantee?: 'transactions' | 'counting'
  readonly compress?: 'none' | 'gzip'
  readonly maxMessageBytes?: number
  readonly builderBytes?: number
  readonly standing?: Partial<Standing>
}

/** A router whose queue keeps what is put into it, in memory. */
export function aRouter(shape: Shape = {}) {
  const { partition = 0, partitions = 1, factor = 10, maxMessageBytes = 1_048_588 } = shape
  const put: { partition: number; batch: Buffer }[] = []
  const parked: ParkedRecord[] = []
  const packing: Promise<void>[] = []
  const queue = {
    crowded: false,
    narrow: () => undefined,
    put(target: number, batch: Built | Packing) {
      const slot: (typeof put)[number] = { partition: target, batch: Buffer.alloc(0) }
      put.push(slot)
      const take = (built: Built) => {
        if (built.batch.readInt32BE(57) !== batch.records)
          throw new Error('the queue was told another number of records')
        slot.batch = stamp(Buffer.from(built.batch), NOBODY)
      }
      if ('done' in batch) packing.push(batch.done.then(take))
      else take(batch)
    },
  }
  const plan = {
    run: 'r',
    targetTopic: 'orders.spill.r',
    factor,
    targetLanes: partitions * factor,
    order: shape.order ?? 'key',
    guarantee: shape.guarantee ?? 'transactions',
    ...(shape.compress === undefined ? {} : { compress: shape.compress }),
  } as KafkaPlan
  const context = {
    plan,
    maxMessageBytes,
    memory: { outstanding: 1 << 20 },
    park: async (record: ParkedRecord) => void parked.push(record),
  } as unknown as RelayContext
  const pool = new BufferPool(shape.builderBytes ?? 65_536, 4)
  const standing = { offset: 0, totals: {}, ...shape.standing } as Standing
  const router = new Router(context, { partition, queue: queue as unknown as ProduceQueue, pool, standing })
  return { router, put, packing, parked, pool }
}

/** Routes whole batches, all that lies in `span`, and gives what each target partition then holds. */
export async function routed(
  { router, put, packing }: ReturnType<typeof aRouter>,
  batches: readonly Buffer[],
  span = { from: 0, to: Number.MAX_SAFE_INTEGER },
): Promise<ReadonlyMap<number, ABatch[]>> {
  const starts: number[] = []
  for (let at = 0, i = 0; i < batches.length; at += batches[i++]?.length ?? 0) starts.push(at)
  const set = Buffer.concat(batches)
  const raw = { from: 0, to: set.length }
  const frames = { set, starts, span, raw, next: span.to, bytes: 0, markers: 0, aborted: 0 }
  await router.route(frames, new AbortController().signal)
  await router.finish()
  await Promise.all(packing)
  const lanes = new Map<number, ABatch[]>()
  for (const { partition, batch } of put) lanes.set(partition, [...(lanes.get(partition) ?? []), decodeBatch(batch)])
  return lanes
}
