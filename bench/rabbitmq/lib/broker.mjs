import { listenerOn } from '../../lib/proc.mjs'

/**
 * @typedef {{ host: string, port: number, url: string, management: string, pid: number, version: string, stop: () => Promise<void> }} Broker
 * url and management are for guest, who has all rights in the virtual host /
 */

/** What the bench asks of the lab: one node of this machine, and no memory alarm within its sets. MiB. */
const OPTIONS = { name: 'bench', source: 'machine', memory: 8192 }

/**
 * Starts the lab's node, or takes one that already runs on this machine.
 * @param {{ version?: '4', broker?: string, management?: string }} place
 * @param {(line: string) => void} say
 * @returns {Promise<Broker>}
 */
export async function openBroker({ version, broker, management }, say) {
  if (broker) {
    const [host, port] = broker.split(':')
    return describe({ host, port: Number(port), management: management ?? `http://${host}:15672` })
  }
  const { startRabbit } = await import('../../../dist/lab/rabbitmq/start.js')
  const lab = await startRabbit({ ...OPTIONS, ...(version && { version }) }, say)
  const there = await describe({ host: '127.0.0.1', port: lab.amqpPort, management: lab.managementUrl })
  return { ...there, stop: () => lab.stop() }
}

async function describe({ host, port, management }) {
  const pid = listenerOn(port)
  if (pid === undefined) throw new Error(`No process of this machine listens on ${port}: the bench needs a local node`)
  const { rabbitmq_version, erlang_version } = await ask(management, 'overview')
  const url = `amqp://guest:guest@${host}:${port}`
  return { host, port, url, management, pid, version: rabbitmq_version, erlang: erlang_version, stop: async () => {} }
}

/**
 * Calls the management API as guest, `path` below /api/. Answers JSON, undefined for an empty answer and for 404.
 * @param {string} management
 * @param {string} path
 * @param {{ method?: string, body?: unknown }} [how]
 */
export async function ask(management, path, { method = 'GET', body } = {}) {
  const answer = await fetch(`${management}/api/${path}`, {
    method,
    headers: { authorization: `Basic ${btoa('guest:guest')}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (answer.status === 404) return undefined
  if (!answer.ok) throw new Error(`${method} /api/${path} answered ${answer.status}: ${text.slice(0, 200)}`)
  return text === '' ? undefined : JSON.parse(text)
}
