import { workAsGroup } from '../../brokers/kafka/practise/stand-in.js'
import { formatCount, formatDuration } from '../../core/quantity.js'
import { progressOf } from '../../present/progress.js'
import type { Done, Stage } from './stage.js'
import { checkTestimony, Witness } from './witness.js'

/** What a stand-in consumer group works on, until it has handled `records`, numbered from 0. */
export type Shift = {
  readonly brokers: readonly string[]
  readonly topic: string
  readonly group: string
  readonly records: number
}

/** Works like the real consumers would, and checks every message against what was filled. Throws RunError where they differ. */
export async function workShift(shift: Shift, { io, present }: Stage): Promise<Done> {
  const { topic, group, records } = shift
  const witness = new Witness(records)
  const progress = progressOf(io, present)
  const began = performance.now()
  const seconds = () => (performance.now() - began) / 1000
  const show = () => {
    const perSecond = witness.handled / Math.max(seconds(), 0.001)
    const etaSeconds = (records - witness.handled) / perSecond
    progress.show({ done: BigInt(witness.handled), total: BigInt(records), perSecond, etaSeconds, state: 'handled' })
  }
  await workAsGroup(
    {
      settings: shift,
      topic,
      group,
      handle: messages => {
        for (const { key, value } of messages) witness.take(key, value)
        show()
      },
      enough: () => witness.handled >= records,
    },
    io.soft,
  ).finally(() => progress.stop())
  const testimony = witness.testimony()
  checkTestimony(testimony)
  const text = `group ${group} joined, handled ${formatCount(testimony.handled)} messages in ${formatDuration(seconds())}, committed, and left
each number once, none missing, every key in order
`
  return { text, result: { group, topic, ...testimony } }
}
