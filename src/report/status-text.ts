import type { Envelope } from '../core/envelope.js'
import { bytes, count, duration, facts, item, rate, time } from './layout.js'

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
      ['read', `${count(ledger.read)} messages`],
      ['written', `${count(ledger.written)}, parked ${count(ledger.parked)}, dropped ${count(ledger.dropped)}`],
      ['balanced', envelope.balanced ? 'yes' : 'NO: read is not written + parked + dropped'],
      ['twice at most', count(envelope.duplicatesAtMost)],
      ['speed', `${rate(envelope.messagesPerSecond)}, ${bytes(envelope.bytesPerSecond)}/s`],
      ['started', time(envelope.startedAt)],
      ['ended', time(envelope.endedAt)],
    ]),
    ...envelope.held.flatMap(hold =>
      item('  held  ', `${hold.reason}, since ${time(hold.since)}: ${duration(hold.seconds)}`),
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
