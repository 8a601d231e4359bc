import { patiently } from '../../brokers/kafka/admin/patiently.js'
import { connect, type Link } from '../../brokers/kafka/link.js'
import { BufferPool } from '../../brokers/kafka/records/buffer-pool.js'
import { initProducerId } from '../../brokers/kafka/wire/transactions.js'
import { murmur2 } from '../../core/murmur2.js'
import type { Io } from '../../io.js'
import { Batches } from './batches.js'
import { BodyMaker } from './body.js'
import { checkRecipe } from './check.js'
import { commitRead } from './group.js'
import { type FillReport, type FillRequest, type Recipe, withDefaults } from './request.js'
import { Sender } from './sender.js'
import { settledEnds } from './settled.js'
import { readyTopic } from './topic.js'
import { Transaction } from './transaction.js'
import { type Progress, type Writing, writeInTransactions, writePlain } from './writer.js'

const BATCH_OVERHEAD = 128
const IDEMPOTENT = { transactionalId: null, timeoutMs: 0 }
const IDLE_BUFFERS = 1024
const MOST_CONNECTIONS = 3
const SETTLED_WITHIN_MS = 30_000

/**
 * Makes a realistic backlog on a real Kafka, as record batches of raw bytes, acks=all, several requests on their way.
 * `show` sees the progress now and then. Stops at `io.soft` with its reason. Throws UserError (usage, `no-topic`,
 * unreachable…), BrokerError.
 */
export async function fill(
  request: FillRequest,
  io: Pick<Io, 'now' | 'soft'>,
  show: (progress: Progress) => void = () => {},
): Promise<FillReport> {
  const asked = withDefaults(request)
  checkRecipe(asked)
  await using link = await connect(asked.settings, io.soft)
  const leaders = await readyTopic(link, asked)
  const recipe = { ...asked, partitions: leaders.length }
  const report = await write({ link, leaders, recipe, io, show })
  const { group, topic, readShare, transactions } = recipe
  const partitions = [...leaders.keys()]
  if (transactions > 0) await settledEnds(link, { topic, partitions, withinMs: SETTLED_WITHIN_MS })
  if (group === undefined) return report
  await commitRead(link, { group, topic, partitions, share: readShare })
  return { ...report, group }
}

type Parts = {
  link: Link
  leaders: readonly number[]
  recipe: Recipe
  io: Pick<Io, 'now' | 'soft'>
  show: (progress: Progress) => void
}

async function write(parts: Parts): Promise<FillReport> {
  const { recipe } = parts
  const { transaction, ...writing } = await prepare(parts)
  const began = performance.now()
  const aborted = transaction ? await writeInTransactions(writing, transaction) : await writePlain(writing)
  const seconds = (performance.now() - began) / 1000
  const { bytes } = writing.sender
  parts.show({ records: recipe.records, of: recipe.records, bytes })
  return reportOf(recipe, { aborted, seconds, bytes })
}

async function prepare({ link, leaders, recipe, io, show }: Parts): Promise<Writing & { transaction?: Transaction }> {
  const { topic, partitions, transactions } = recipe
  const maker = new BodyMaker(recipe, key => murmur2(key, 0, key.length) % partitions)
  const pool = new BufferPool(
    recipe.batch === 'single' ? maker.buffer.length + BATCH_OVERHEAD : recipe.batch,
    IDLE_BUFFERS,
  )
  const transaction = transactions > 0 ? await Transaction.open(link, topic, [...leaders.keys()]) : undefined
  const producer =
    transaction?.producer ?? (await patiently(link, async () => initProducerId(await link.any(), IDEMPOTENT)))
  const transactionalId = transaction?.producer.transactionalId ?? null
  // A transactional producer keeps to one connection a broker: the broker verifies one request of an id at a time.
  const connections = transaction ? 1 : Math.min(MOST_CONNECTIONS, partitions)
  const sender = new Sender({ link, topic, transactionalId, leaders, connections }, producer)
  const batches = new Batches(recipe, pool)
  const writing = { recipe, maker, batches, sender, now: io.now().getTime(), signal: io.soft, show }
  return transaction ? { ...writing, transaction } : writing
}

type Outcome = { readonly aborted: number; readonly seconds: number; readonly bytes: number }

function reportOf({ topic, partitions, records, seed }: Recipe, { aborted, seconds, bytes }: Outcome): FillReport {
  const written = records + aborted
  const recordsPerSecond = Math.round(written / seconds)
  return {
    topic,
    partitions,
    records: written,
    committedRecords: records,
    abortedRecords: aborted,
    bytes,
    seconds,
    recordsPerSecond,
    seed,
  }
}
