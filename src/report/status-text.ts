import type { Envelope } from '../core/envelope.js'
import { formatBytes, formatCount, formatDuration, formatRate } from '../core/quantity.js'
import { facts, item, time } from './layout.js'

/** What `status RUN` prints: one screen, without colour, 80 columns. */
export function statusText(envelope: Envelope): string {
  const { ledger } = envelope
  return [
    `RUN ${envelope.run}  ${stateInWords(envelope)}`,
    `ORIGINALS: ${envelope.originals}`,
    '',
    ...facts([
      [envelope.verb, envelope.source],
      ['to', envelope.target],
      ['read', `${formatCount(ledger.read)} messages`],
      [
        'written',
        `${formatCount(ledger.written)}, parked ${formatCount(ledger.parked)}, dropped ${formatCount(ledger.dropped)}`,
      ],
      ['balanced', envelope.balanced ? 'yes' : 'NO: read is not written + parked + dropped'],
      ['twice at most', formatCount(envelope.duplicatesAtMost)],
      ['speed', `${formatRate(envelope.messagesPerSecond)}, ${formatBytes(envelope.bytesPerSecond)}/s`],
      ['started', time(envelope.startedAt)],
      ['ended', time(envelope.endedAt)],
    ]),
    ...envelope.held.flatMap(hold =>
      item('  held  ', `${hold.reason}, since ${time(hold.since)}: ${formatDuration(hold.seconds)}`),
    ),
    ...envelope.warnings.flatMap(warning => item('  !  ', warning)),
    ...envelope.refusals.flatMap(refusal => item('  refused  ', refusal)),
    ...errorLines(envelope),
  ].join('\n')
}

const stateInWords = ({ state, reason }: Envelope): string =>
  reason === undefined ? state.toUpperCase() : `${state.toUpperCase()} (${reason})`

const errorLines = ({ error }: Envelope): string[] =>
  error === undefined ? [] : [...item('  error  ', error.message), ...item('  next   ', error.hint)]
