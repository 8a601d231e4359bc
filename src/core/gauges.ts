/** What a replay looks at while it runs, and from when on it holds. Pure data, nothing in it is secret. */
export type GaugeLimits = {
  /** Holds while this file is there. */
  readonly holdFile?: string
  /** Holds unless this answers with 2xx. */
  readonly url?: string
  /** Milliseconds that a replica may be behind. */
  readonly replicaLagMs?: number
  /** A query of one number, and the most that it may be. */
  readonly query?: { readonly text: string; readonly max: number }
  /** Messages that may wait at the target: unread by a group of Kafka, or ready in the queue. */
  readonly targetLag?: { readonly max: number; readonly group?: string }
  /** Who is asked for replica lag and query. Address without credentials. */
  readonly database?: { readonly address: string; readonly user?: string }
}

/** One health reading. */
export interface Gauge {
  /** What the reason of its holds begins with. */
  readonly name: string
  /** Why it is not well now, in words; undefined where it is. Throws where it cannot be read. */
  read(signal: AbortSignal): Promise<string | undefined>
}

/** The gauges of a run in words, one each. Pure. */
export function gaugesInWords({ holdFile, url, replicaLagMs, query, targetLag, database }: GaugeLimits): string[] {
  const asked = database === undefined ? '' : ` of ${database.address}`
  const group = targetLag?.group === undefined ? 'messages ready' : `messages that ${targetLag.group} has not read`
  return [
    ...(replicaLagMs === undefined ? [] : [`replica lag${asked} over ${replicaLagMs / 1000} s`]),
    ...(query === undefined ? [] : [`${query.text}${asked} over ${query.max}`]),
    ...(targetLag === undefined ? [] : [`more than ${targetLag.max} ${group} at the target`]),
    ...(url === undefined ? [] : [`no 2xx from ${url}`]),
    ...(holdFile === undefined ? [] : [`${holdFile} is there`]),
  ]
}
