import { createHash } from 'node:crypto'
import { Bug } from '../errors.js'

// Legal names: Kafka's org.apache.kafka.common.internals.Topic.
const LONGEST = 249
const MARK = '.spill.'
const ROOM_FOR_RUN = 64
const LONGEST_SOURCE = LONGEST - MARK.length - ROOM_FOR_RUN

/**
 * What the names of all temporary topics of a source begin with: `SOURCE.spill.`. A source name that leaves no room for
 * a run id is cut and ends in 8 hex digits of its sha-256, so that two long names never share a prefix.
 */
export const temporaryPrefix = (source: string): string => {
  if (source.length <= LONGEST_SOURCE) return source + MARK
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 8)
  return `${source.slice(0, LONGEST_SOURCE - hash.length - 1)}-${hash}${MARK}`
}

/** Name of the temporary topic of one run: `SOURCE.spill.RUN`, at most 249 characters. */
export const temporaryTopic = (source: string, run: string): string => {
  if (!/^[A-Za-z0-9._-]+$/.test(run) || run.length > ROOM_FOR_RUN)
    throw new Bug(`Run id "${run}" can't be part of a topic name`)
  return temporaryPrefix(source) + run
}

/** Kafka refuses a topic whose name differs from another's only in `.` against `_`: their metrics would collide. */
export const collide = (a: string, b: string): boolean => a.replaceAll('.', '_') === b.replaceAll('.', '_')

/** The run whose temporary topic has this name, or whose temporary queues begin with it; undefined for any other. */
export const runOfTemporary = (topic: string): string | undefined => {
  const at = topic.lastIndexOf(MARK)
  const run = topic.slice(at + MARK.length)
  return at > 0 && /^\d{8}-\d{4}-[0-9a-z]+$/.test(run) ? run : undefined
}
