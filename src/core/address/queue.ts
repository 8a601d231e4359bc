import { UserError } from '../../errors.js'
import { defined } from '../defined.js'
import { type Credentials, decode, hostPort, login, split, unreadableLogin } from './parts.js'

/** A RabbitMQ virtual host, or a queue in it; never holds a password. */
export type QueueAddress = {
  readonly kind: 'rabbitmq'
  /** The short form's cluster name in spillway.yaml, if it was used; the server stands there. */
  readonly cluster?: string
  /** Absent for a named cluster. An IPv6 host keeps its brackets. */
  readonly server?: { readonly host: string; readonly port: number; readonly tls: boolean }
  /** Absent for a named cluster: its `url` names it. */
  readonly vhost?: string
  readonly queue?: string
}

export const QUEUE_FORM = 'amqp://user@host:5672/VHOST/QUEUE'

// Names are AMQP short strings: at most 255 bytes of UTF-8 (AMQP 0-9-1, 4.2.5.3).
const LONGEST_NAME = 255

/** What follows `amqp://` or `amqps://`; an empty VHOST means `/`. Throws UserError; the message shows no password. */
export const parseQueue = (
  rest: string,
  { tls }: { tls: boolean },
): { address: QueueAddress; credentials?: Credentials } => {
  const { credentials, bare } = login(rest, `amqp://user:PASSWORD@host:5672/VHOST/QUEUE`)
  const { head, path, query } = split(bare)
  if (head.includes('@') || query.includes('@')) throw unreadableLogin()
  assertNoQuery(query)
  const address: QueueAddress = { kind: 'rabbitmq', server: { ...server(head, tls), tls }, ...vhostAndQueue(path) }
  return { address, ...defined({ credentials }) }
}

const server = (head: string, tls: boolean): { host: string; port: number } => {
  if (head === '') throw new UserError('The address names no server', { hint: `Write ${QUEUE_FORM}.` })
  const found = hostPort(head, tls ? 5671 : 5672)
  if (found) return found
  const more = head.includes(',') ? 'Name one node of the cluster.' : 'An IPv6 host goes in brackets: [::1]:5672.'
  throw new UserError(`"${head}" is not a server`, { hint: `Write host:port. ${more}` })
}

/** Refuses what follows a "?". Throws UserError. */
export const assertNoQuery = (query: string): void => {
  if (query === '') return
  const [name = ''] = query.split('=')
  throw new UserError(
    name === 'group' ? 'A queue has no group' : `Unknown part "${name}" after the "?" of an address`,
    {
      hint: `Write ${QUEUE_FORM}; a "?" in a name is %3F.`,
    },
  )
}

const vhostAndQueue = (path: string): { vhost: string; queue?: string } => {
  const [vhost = '', queue = '', ...more] = path.split('/')
  if (more.length > 0)
    throw new UserError('The address has more than a VHOST and a QUEUE in it', {
      hint: `Write ${QUEUE_FORM}; a "/" in a name is %2F, and the virtual host "/" is left empty: amqp://host//QUEUE.`,
    })
  return { vhost: decode(vhost) || '/', ...(queue === '' ? {} : { queue: queueName(decode(queue)) }) }
}

/** The name, where a queue can have it. Throws UserError. */
export const queueName = (name: string): string => {
  if (Buffer.byteLength(name) <= LONGEST_NAME) return name
  throw new UserError(`The name of the queue is longer than ${LONGEST_NAME} bytes`, {
    hint: 'No queue of RabbitMQ has such a name.',
  })
}

/** As text that can be typed again; never with credentials. */
export const formatQueue = ({ cluster, server, vhost = '/', queue }: QueueAddress): string => {
  const path = queue === undefined ? '' : `/${encode(queue)}`
  if (cluster !== undefined || server === undefined) return `${cluster ?? ''}${path}`
  const base = `${server.tls ? 'amqps' : 'amqp'}://${server.host}:${server.port}`
  if (vhost === '/' && path === '') return base
  return `${base}/${vhost === '/' ? '' : encode(vhost)}${path}`
}

/** Who logs in where an address names nobody: the user that every new server has (rabbitmq.com/docs/access-control). */
export const GUEST = 'guest'

/** An address with its user in front of the host, to be typed again: the guest needs no name, and a named cluster has its own. */
export const withUser = (address: string, user: string = GUEST): string =>
  user === GUEST ? address : address.replace(/^(amqps?:\/\/)(?=[^@]*$)/, `$1${encodeURIComponent(user)}@`)

// Only what would be read as something else: names stay legible.
const encode = (name: string): string => name.replace(/[%/?#@\s\p{Cc}]/gu, char => encodeURIComponent(char))
