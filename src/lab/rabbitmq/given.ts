import { asQueue, formatAddress, parseAddress } from '../../core/address.js'
import { UserError } from '../../errors.js'
import { askConnection } from './probe.js'
import { type RabbitReport, rabbitSettings } from './report.js'

/** The RabbitMQ whose address is in SPILLWAY_RABBITMQ_URL, after it took a login. Throws a UserError when it does not. */
export async function givenRabbit(url: string): Promise<RabbitReport> {
  const { address, credentials = { username: 'guest' } } = parseAddress(url)
  const { server, vhost = '/' } = asQueue(address)
  if (server === undefined) {
    throw new UserError('SPILLWAY_RABBITMQ_URL names a cluster of spillway.yaml', {
      hint: 'Write the address itself there: amqp://user:PASSWORD@host:5672.',
    })
  }
  const host = server.host.replace(/^\[|\]$/g, '')
  try {
    await askConnection({ password: 'guest', ...credentials, host, port: server.port, tls: server.tls, vhost }, 5000)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UserError(`No RabbitMQ lets us in at SPILLWAY_RABBITMQ_URL (${formatAddress(address)}): ${reason}`, {
      code: 'unreachable',
      hint: 'Correct or unset SPILLWAY_RABBITMQ_URL; without it the lab starts a RabbitMQ of its own.',
      cause,
    })
  }
  const way = { address: formatAddress(address) }
  return { source: 'environment', address: way.address, ready: true, settings: rabbitSettings('given', way) }
}
