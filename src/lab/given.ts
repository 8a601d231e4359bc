import { asKafka, parseAddress } from '../core/address.js'
import { UserError } from '../errors.js'
import { askApiVersions } from './kafka/probe.js'
import { type LabReport, settingsSnippet } from './report.js'

/** The Kafka whose address is in SPILLWAY_KAFKA_URL, after it answered a request. Throws a UserError when it does not. */
export async function givenKafka(url: string): Promise<LabReport> {
  const address = asKafka(parseAddress(url).address)
  const [first = ''] = address.brokers
  const at = first.lastIndexOf(':')
  try {
    await askApiVersions({ host: first.slice(0, at), port: Number(first.slice(at + 1)), tls: false }, 5000)
  } catch (cause) {
    throw new UserError(`No Kafka answers at SPILLWAY_KAFKA_URL (${first})`, {
      code: 'unreachable',
      hint: 'Correct or unset SPILLWAY_KAFKA_URL; without it the lab starts a Kafka of its own.',
      cause,
    })
  }
  const brokers = address.brokers
  const settings = settingsSnippet('given', { brokers })
  const kafka = {
    source: 'environment',
    address: `kafka://${brokers.join(',')}`,
    brokers,
    nodes: [],
    ready: true,
  } as const
  return { name: 'given', kafka: { ...kafka, settings } }
}
