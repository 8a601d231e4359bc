import { murmur2 } from '../../../core/murmur2.js'
import type { KafkaPlan } from '../../../core/plan.js'
import type { RecordPlace, RecordTaker } from '../records/scatter.js'

/** Passes records of the temporary topic on, and counts those whose key belongs to another lane: p + P·(⌊h / P⌋ mod k). */
export class Misplaced {
  count = 0
  readonly #plan: Pick<KafkaPlan, 'order' | 'targetLanes' | 'factor'>
  readonly #next: RecordTaker

  constructor(plan: Pick<KafkaPlan, 'order' | 'targetLanes' | 'factor'>, next: RecordTaker) {
    this.#plan = plan
    this.#next = next
  }

  /** A taker for the records of one target partition. */
  in(partition: number): RecordTaker {
    if (this.#plan.order !== 'key') return this.#next
    const { targetLanes, factor } = this.#plan
    const sources = targetLanes / factor
    const block = Math.floor(partition / sources)
    return {
      take: (data: Buffer, record: RecordPlace) => {
        if (record.keyLength >= 0) {
          const hash = murmur2(data, record.keyStart, record.keyLength)
          if (Math.floor(hash / sources) % factor !== block) this.count++
        }
        this.#next.take(data, record)
      },
    }
  }
}
