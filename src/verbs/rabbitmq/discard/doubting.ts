import type { Recorder } from '../../run/recorder.js'

/** Tells the journal that the archive may have so many messages of a queue twice, or that are still in the queue. Each time counts. */
export const doubting =
  (recorder: Recorder, queue: string, now: () => Date) =>
  async (messages: number, why: string): Promise<void> => {
    const { state } = recorder
    const from = state.lanes.get(queue)?.mark || '0'
    await recorder.record({
      type: 'doubted',
      at: now().toISOString(),
      lane: queue,
      from,
      to: String(BigInt(from) + BigInt(messages)),
      why: `in the archive: ${why}`,
      messages: BigInt(messages),
      occasion: state.doubted.length + 1,
    })
  }
