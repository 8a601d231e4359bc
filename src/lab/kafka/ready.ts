import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../errors.js'
import { askApiVersions, askBrokerCount } from './probe.js'
import type { Runner } from './runner.js'
import type { LabState, NodeState } from './state.js'

const PATIENCE = 180_000

/** Whether a broker answers ApiVersions at the clients' door and knows `brokers` members of its cluster. */
export async function isReady(state: LabState, node: NodeState, brokers: number): Promise<boolean> {
  try {
    await askApiVersions({ port: node.client, tls: state.options.tls === true })
    // Where clients must log in, the brokers' own door is asked instead.
    const port = state.options.sasl ? node.internal : node.client
    const tls = state.options.sasl === undefined && state.options.tls === true
    return (await askBrokerCount({ port, tls })) >= brokers
  } catch {
    // Refused, silent and half-open doors are what this asks about: each means not yet.
    return false
  }
}

/** Waits until the broker is ready. Throws a UserError with the end of its log when it ends first, or after 180 s. */
export async function untilReady(
  runner: Runner,
  at: { folder: string; state: LabState; node: NodeState; stop?: AbortSignal },
): Promise<void> {
  const end = Date.now() + PATIENCE
  while (!(await isReady(at.state, at.node, 1))) {
    at.stop?.throwIfAborted()
    if (!(await runner.isUp(at.node))) throw await failure(runner, at, 'ended while it started')
    if (Date.now() > end) throw await failure(runner, at, `gave no answer within ${PATIENCE / 1000} s`)
    await sleep(100)
  }
}

/** Waits until every broker knows all the others. Throws a UserError after 180 s. */
export async function untilFormed(state: LabState): Promise<void> {
  const end = Date.now() + PATIENCE
  for (const node of state.nodes) {
    while (!(await isReady(state, node, state.nodes.length))) {
      if (Date.now() > end) throw new UserError('The brokers of the lab did not find each other', { code: 'lab-start' })
      await sleep(100)
    }
  }
}

async function failure(runner: Runner, at: { folder: string; node: NodeState }, what: string): Promise<UserError> {
  const lines = await runner.tail(at.folder, at.node)
  return new UserError(`Kafka node ${at.node.id} ${what}`, {
    code: 'lab-start',
    hint: 'The end of its log follows. A port in use or too little memory is the usual cause; try again, or `--heap 256m`.',
    details: lines.map(message => ({ at: 'broker.log', message })),
  })
}
