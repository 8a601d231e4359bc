import type { JsonRecord } from '../../../core/revive.js'
import { listOf, numberOf, recordOf, textOf } from '../management/fields.js'
import type { Management } from '../management.js'

/** What a run has left in a virtual host: its temporary queues, or the lock on the queue that it drains. */
export type LaneTrace = {
  /** Null of a lock, which only knows its queue. */
  readonly run: string | null
  /** Where the holder of the lock runs; null where nobody holds it. */
  readonly host: string | null
  /** The source as the names tell it, maybe cut. */
  readonly queue: string | null
  readonly temporaryQueues: number
  readonly messages: bigint
}

const LANE = /^(.*)\.spill\.([A-Za-z0-9._-]+)\.\d{2,}$/s
const LOCK = 'spillway.lock.'

/** Asks the management API for the temporary queues and locks of a virtual host; why not, where it does not tell. */
export const tracesOf = async (
  management: Management,
  vhost: string,
): Promise<{ ok: true; traces: LaneTrace[] } | { ok: false; why: string }> => {
  const answer = await management.get(['queues', vhost])
  if (!answer.ok) return { ok: false, why: answer.why }
  return { ok: true, traces: fold(listOf(answer.value)) }
}

/** Queues of one run are one trace; a lock belongs to the run of the same source, where there is one. Pure. */
export const fold = (queues: readonly JsonRecord[]): LaneTrace[] => {
  const hosts = new Map(queues.flatMap(lockOf))
  const runs = new Map<string, LaneTrace>()
  for (const queue of queues) {
    const [, source, run] = LANE.exec(textOf(queue, 'name') ?? '') ?? []
    if (source === undefined || run === undefined) continue
    const known = runs.get(`${source} ${run}`) ?? { run, host: hosts.get(source) ?? null, queue: source, ...NOTHING }
    const messages = known.messages + BigInt(numberOf(queue, 'messages') ?? 0)
    runs.set(`${source} ${run}`, { ...known, temporaryQueues: known.temporaryQueues + 1, messages })
  }
  const drained = new Set([...runs.values()].map(({ queue }) => queue))
  const alone = [...hosts].filter(([source]) => !drained.has(source))
  return [...runs.values(), ...alone.map(([queue, host]) => ({ run: null, host, queue, ...NOTHING }))]
}

const NOTHING = { temporaryQueues: 0, messages: 0n }

const lockOf = (queue: JsonRecord): [string, string][] => {
  const name = textOf(queue, 'name') ?? ''
  if (!name.startsWith(LOCK)) return []
  const owner = recordOf(queue, 'owner_pid_details')
  return [[name.slice(LOCK.length), textOf(owner, 'peer_host') ?? textOf(owner, 'name') ?? 'unknown']]
}
