import type { Envelope } from '../core/envelope.js'
import { formatCount } from '../core/quantity.js'
import { clip, table } from './layout.js'

/** What `runs` prints: a line a run, without colour, 80 columns; says so where there is none. */
export function runsTable(envelopes: readonly Envelope[]): string {
  if (envelopes.length === 0) return 'No runs on this machine yet.'
  const rows = envelopes.map(envelope => [
    envelope.run,
    envelope.verb,
    envelope.reason === undefined ? envelope.state : `${envelope.state} (${clip(envelope.reason, 8)})`,
    formatCount(envelope.ledger.read),
    envelope.balanced ? 'yes' : 'NO',
    withoutScheme(envelope.source),
  ])
  const lines = table([['run', 'verb', 'state', 'read', 'even', 'source'], ...rows], [0, 1, 2, 4, 5])
  return lines.map(line => clip(line, 80)).join('\n')
}

const withoutScheme = (address: string): string => address.replace(/^[a-z]+:\/\/[^/]*\//, '')
