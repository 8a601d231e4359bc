import { hostname } from 'node:os'
import type { Link } from '../../../brokers/kafka/link.js'
import { openLanes } from '../../../brokers/kafka/work/open-lanes.js'
import { UserError } from '../../../errors.js'
import type { Intake } from '../../../fanout/ports.js'
import type { Fanning } from '../../fanout/ends.js'
import { warnOf } from '../../fanout/warn.js'

/** Fetched record batches in memory, over all lanes; a run stays under 300 MB with its messages and its code. */
const BYTES = 48 << 20

/** Joins the group on the lanes, or claims the group of a source. Throws UserError, Refusal, BrokerError. */
export async function openIntake(link: Link, running: Fanning): Promise<Intake> {
  const { plan, gate, isWhole } = running
  const warn = warnOf(running)
  const shared = { link, gate, bytes: BYTES, host: hostOf(), warn: (message: string) => void warn(message) }
  if (plan.reads === 'source') throw new UserError('later', { code: 'not-supported' })
  const { topic, group = '', run, maxAhead } = plan
  return openLanes({ ...shared, topic, group, run, isWhole, maxAhead })
}

const hostOf = (): string => hostname().replace(/\s/g, '-')
