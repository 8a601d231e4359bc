import { formatBytes } from '../core/quantity.js'
import { indentedJson } from './indented-json.js'

/** Text, or bytes that are no text. */
export type SampledBytes = string | { readonly base64: string } | null

/** A message that would be sent, or that cannot be; as `--sample` shows it. */
export type Sampled = {
  readonly id: string
  readonly key: SampledBytes
  readonly value: SampledBytes
  readonly headers: readonly (readonly [name: SampledBytes, value: SampledBytes])[]
  /** `at` is its time, ISO 8601 in UTC; null where it has none. */
  readonly origin: { readonly target: string; readonly at: string | null }
  readonly contentType?: string | undefined
  readonly routingKey?: SampledBytes | undefined
  /** Why it would be parked. */
  readonly unable?: string | undefined
}

/** Of a value so much is shown, in characters. */
const SHOWN = 4000

/** Sample messages as text; `zone` is shown beside UTC. Pure. */
export function describeSample(messages: readonly Sampled[], zone: string): string {
  const blocks = messages.map((message, at) => [
    `MESSAGE ${at + 1}  ${message.id}`,
    ...(message.unable === undefined ? [] : [`  WOULD BE PARKED: ${message.unable}`]),
    ...linesOf('key', shown(message.key)),
    ...linesOf('time', message.origin.at === null ? 'none' : moment(message.origin.at, zone)),
    ...message.headers.flatMap(([name, value], first) =>
      linesOf(first === 0 ? 'headers' : '', `${shown(name)}: ${shown(value)}`),
    ),
    ...(message.contentType === undefined ? [] : linesOf('content', message.contentType)),
    ...(message.routingKey === undefined ? [] : linesOf('routing', shown(message.routingKey))),
    ...linesOf('value', bodyOf(message.value)),
  ])
  const parked = messages.filter(({ unable }) => unable !== undefined).length
  const last = parked === 0 ? '' : `${parked} of these ${messages.length} would be parked. `
  return `${blocks.map(lines => lines.join('\n')).join('\n\n')}\n\n${last}Nothing was sent.\n`
}

const LABEL = 11

const linesOf = (label: string, text: string): string[] =>
  text.split('\n').map((line, at) => `  ${(at === 0 ? label : '').padEnd(LABEL - 2)}${line}`.trimEnd())

const shown = (bytes: SampledBytes): string => {
  if (bytes === null) return 'null'
  return typeof bytes === 'string' ? bytes : `base64:${bytes.base64}`
}

function bodyOf(value: SampledBytes): string {
  const text = typeof value === 'string' ? readable(value) : shown(value)
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${formatBytes(BigInt(text.length))} in all)`
}

function readable(text: string): string {
  // What is longer is not shown whole.
  if (text.length > SHOWN || !/^\s*[{[]/.test(text)) return text === '' ? '(empty)' : text
  try {
    JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
  return indentedJson(text)
}

/** To the millisecond, in UTC and in a zone where that differs. */
function moment(iso: string, zone: string): string {
  const utc = `${iso.slice(0, 10)} ${iso.slice(11, 23)} UTC`
  if (zone === 'UTC' || zone === 'Etc/UTC') return utc
  // The Swedish locale writes dates as ISO 8601 does.
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  return `${utc} (${local.format(new Date(iso))} ${zone})`
}
