import { setTimeout as sleep } from 'node:timers/promises'
import { listOffsets } from '../admin/list-offsets.js'
import { committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'
import type { LaneReading, Reading } from './reading.js'

/** Whose offsets, on which partitions. */
export type Watched = { readonly topic: string; readonly group: string; readonly partitions: readonly number[] }

/** One look. Commits are read before the ends, so that a live group never seems to be beyond the end. Throws BrokerError. */
export const takeReading = async (link: Link, { topic, group, partitions }: Watched): Promise<Reading> => {
  const committed = (await committedOffsets(link, group, { topic, partitions })).get(topic)
  const at = performance.now()
  const [starts, stables, ends] = await Promise.all([
    listOffsets(link, topic, partitions, 'earliest'),
    listOffsets(link, topic, partitions, 'stable'),
    listOffsets(link, topic, partitions, 'latest'),
  ])
  const lane = (partition: number): LaneReading => {
    const commit = committed?.get(partition)
    const end = BigInt(ends.get(partition)?.offset ?? 0)
    return {
      start: BigInt(starts.get(partition)?.offset ?? 0),
      end,
      stableEnd: BigInt(stables.get(partition)?.offset ?? end),
      ...(commit !== undefined && { committed: BigInt(commit.offset), metadata: commit.metadata }),
    }
  }
  return { at, lanes: new Map(partitions.map(partition => [partition, lane(partition)])) }
}

/** How long to watch; `onProgress` gets the elapsed part of the window, 0–1. */
export type Window = {
  readonly windowMs: number
  readonly signal: AbortSignal
  readonly onProgress?: (elapsed: number) => void
}

const STEP_MS = 2000
const STEPS_AT_LEAST = 2
const STEPS_AT_MOST = 10

/** Goes on looking until the window after `first` is over. Throws the signal's reason when it aborts. */
export const watchOffsets = async (
  link: Link,
  watched: Watched,
  { first, ...window }: Window & { first: Reading },
): Promise<Reading[]> => {
  const steps = Math.min(STEPS_AT_MOST, Math.max(STEPS_AT_LEAST, Math.floor(window.windowMs / STEP_MS)))
  const readings = [first]
  for (let step = 1; step <= steps; step++) {
    const due = first.at + (window.windowMs * step) / steps
    await pause(due - performance.now(), window.signal)
    readings.push(await takeReading(link, watched))
    window.onProgress?.(step / steps)
  }
  return readings
}

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted()
  if (ms <= 0) return
  try {
    await sleep(ms, undefined, { signal })
  } catch (cause) {
    signal.throwIfAborted()
    throw cause
  }
}
