import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Link } from '../../../brokers/kafka/link.js'
import { openLanes } from '../../../brokers/kafka/work/open-lanes.js'
import { openRange } from '../../../brokers/kafka/work/open-range.js'
import type { Intake } from '../../../fanout/ports.js'
import type { Fanning } from '../../fanout/ends.js'
import { warnOf } from '../../fanout/warn.js'
import { journalledLanes } from '../journalled.js'

/** Fetched record batches in memory, over all lanes; a run stays under 300 MB with its messages and its code. */
const BYTES = 8 << 20

/** Joins the group on the lanes, or claims the group of a source. Throws UserError, Refusal, BrokerError. */
export async function openIntake(link: Link, running: Fanning): Promise<Intake> {
  const { plan, mode, gate, isWhole, recorder, soft } = running
  const warn = warnOf(running)
  const host = hostname().replace(/\s/g, '-')
  const shared = { link, gate, bytes: BYTES, host, warn: (message: string) => void warn(message) }
  const { lanes: journalled } = journalledLanes(recorder.state)
  if (plan.reads === 'source') {
    const nonce = randomBytes(4).toString('hex')
    return openRange({ ...shared, plan, mode, journalled, nonce, soft })
  }
  const { topic, group = '', run, maxAhead } = plan
  return openLanes({ ...shared, topic, group, run, isWhole, maxAhead, journalled })
}
