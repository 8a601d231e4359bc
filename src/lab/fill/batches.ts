import type { BufferPool } from '../../brokers/kafka/records/buffer-pool.js'
import { BatchBuilder, type Built } from '../../brokers/kafka/records/builder.js'
import { CODEC_NAMES } from '../../brokers/kafka/records/codec/codec.js'
import type { BodyMaker } from './body.js'
import type { Recipe } from './request.js'

/** Where finished batches go; true asks the caller to wait. */
export type Put = (partition: number, built: Built) => boolean

/** Collects made records into one open batch a partition. Records without a key stay with one partition until its batch is full, as the Java producer's do. */
export class Batches {
  readonly #builders: readonly BatchBuilder[]
  readonly #codec: Recipe['codec']
  readonly #single: boolean
  #batchCount = 0
  #sticky = 0

  constructor(recipe: Pick<Recipe, 'partitions' | 'codec' | 'batch'>, pool: BufferPool) {
    this.#builders = Array.from({ length: recipe.partitions }, (_, partition) => new BatchBuilder(partition, pool))
    this.#codec = recipe.codec
    this.#single = recipe.batch === 'single'
  }

  /** Adds the record that `maker` holds; hands full batches to `put`. Returns true when the caller should wait. */
  add(maker: BodyMaker, record: { end: number; timestamp: number }, put: Put): boolean {
    const partition = maker.partition < 0 ? this.#sticky : maker.partition
    const builder = this.#builders[partition] as BatchBuilder
    let crowded = false
    if (!builder.fits(record.end)) crowded = this.#take(builder, put)
    builder.append(maker.buffer, 0, record.end, 0, record.timestamp)
    return this.#single ? this.#take(builder, put) : crowded
  }

  /** Hands every open batch to `put`. */
  end(put: Put): void {
    for (const builder of this.#builders) if (builder.records > 0) this.#take(builder, put)
  }

  #take(builder: BatchBuilder, put: Put): boolean {
    const names = CODEC_NAMES
    builder.codec = this.#codec === 'mixed' ? this.#batchCount % names.length : names.indexOf(this.#codec)
    this.#batchCount++
    this.#sticky = (this.#sticky + 1) % this.#builders.length
    return put(builder.partition, builder.take())
  }
}
