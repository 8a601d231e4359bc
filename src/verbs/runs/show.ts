import type { Envelope } from '../../core/envelope.js'
import type { Io, Presentation } from '../../io.js'
import { toPrettyJson } from '../../present/json.js'
import { statusText } from '../../report/status-text.js'

/** Prints a run's envelope on standard output; `more` are lines that follow the text. */
export function showEnvelope(
  envelope: Envelope,
  { io, present, more = [] }: { io: Io; present: Presentation; more?: readonly string[] },
): void {
  if (present.format === 'json') io.out.write(toPrettyJson(envelope))
  else io.out.write(`${[statusText(envelope), ...more].join('\n')}\n`)
}
