import { UserError } from '../../../errors.js'
import type { Target } from './dial.js'

/** Parses `host:port` and `[v6]:port`; the port is 9092 where absent. Throws UserError for what is neither. */
export function parseBrokers(brokers: readonly string[]): readonly Target[] {
  if (brokers.length === 0)
    throw new UserError('No broker is given', { hint: 'Use kafka://host:9092/TOPIC or `brokers` of the cluster.' })
  return brokers.map(parse)
}

function parse(broker: string): Target {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s[\]]+))(?::(\d{1,5}))?$/.exec(broker.trim())
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3] ?? 9092)
  if (host === undefined || port < 1 || port > 65535)
    throw new UserError(`${broker} is no broker address`, { hint: 'Write host:port, as kafka-1.example:9092.' })
  return { node: -1, host, port }
}
