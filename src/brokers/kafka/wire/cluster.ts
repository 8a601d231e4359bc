import { BrokerError, SpillwayError, UserError } from '../../../errors.js'
import type { BrokerAddress, Link, Wire } from '../link.js'
import type { KafkaSettings } from '../settings.js'
import { parseBrokers } from './addresses.js'
import { type Dialled, dial, type Target } from './dial.js'
import { askMetadata } from './metadata.js'
import type { ApiVersions } from './versions.js'

const CONNECT_WITHIN = 9_000
const SHORTEST_TRY = 1_500
const PRODUCE = 0

/** Opens a link; `connect` in link.ts says what it throws. */
export async function openLink(settings: KafkaSettings, signal?: AbortSignal): Promise<Link> {
  const cluster = new Cluster(settings)
  try {
    await cluster.open(signal)
    return cluster
  } catch (error) {
    await cluster[Symbol.asyncDispose]()
    throw error
  }
}

/** Brokers by node, wires by broker and purpose. */
class Cluster implements Link {
  readonly settings: KafkaSettings
  clusterId = ''
  #nodes: readonly BrokerAddress[] = []
  #controller = -1
  #versions: ApiVersions = new Map()
  readonly #disposing = new AbortController()
  /** Ends the dials of `open`; a link that is open outlives the wish to stop, because a batch may still be settled. */
  #opening: AbortSignal | undefined
  /** A connection has worked with these settings. */
  #isOpen = false
  readonly #wires = new Map<string, Promise<Wire>>()

  constructor(settings: KafkaSettings) {
    this.settings = settings
  }

  nodes(): readonly BrokerAddress[] {
    return this.#nodes
  }

  controller(): number {
    return this.#controller
  }

  supports(api: number, version: number): boolean {
    const range = this.#versions.get(api)
    return range !== undefined && version >= range[0] && version <= range[1]
  }

  maxVersion(api: number): number {
    return this.#versions.get(api)?.[1] ?? -1
  }

  async open(signal?: AbortSignal): Promise<void> {
    this.#opening = signal
    const first = await this.#bootstrap()
    if (!this.supports(PRODUCE, 8))
      throw new UserError('The broker is older than Kafka 2.4', {
        code: 'unsupported',
        hint: 'Upgrade the cluster first.',
      })
    await this.#firstLook(first)
    await first.close()
    await this.#advertised()
    this.#opening = undefined
    this.#isOpen = true
  }

  async refresh(): Promise<void> {
    await this.#learn(await this.any())
  }

  wire(node: number, purpose = 'control'): Promise<Wire> {
    const key = `${node} ${purpose}`
    const kept = this.#wires.get(key)
    const made = kept === undefined ? this.#dial(node) : kept.then(wire => (wire.connected ? wire : this.#dial(node)))
    this.#wires.set(key, made)
    made.catch(() => this.#wires.get(key) === made && this.#wires.delete(key))
    return made
  }

  async any(): Promise<Wire> {
    const failures: SpillwayError[] = []
    for (const { node } of await this.#living()) {
      try {
        return await this.wire(node)
      } catch (error) {
        failures.push(asOurs(error))
      }
    }
    throw this.#disposing.signal.reason ?? this.#allFailed(failures)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposing.abort(closed())
    const wires = await Promise.allSettled(this.#wires.values())
    this.#wires.clear()
    await Promise.all(wires.map(wire => (wire.status === 'fulfilled' ? wire.value.close() : undefined)))
  }

  /** Brokers with an open control wire first. */
  async #living(): Promise<readonly BrokerAddress[]> {
    const open = (broker: BrokerAddress) => (this.#wires.has(`${broker.node} control`) ? 0 : 1)
    return [...this.#nodes].sort((a, b) => open(a) - open(b))
  }

  async #learn(wire: Wire): Promise<void> {
    const { brokers, controller, clusterId } = await askMetadata(wire, this, [])
    if (brokers.length > 0) this.#nodes = brokers
    this.#controller = controller
    this.clusterId ||= clusterId
  }

  async #dial(node: number): Promise<Wire> {
    const broker = this.#nodes.find(each => each.node === node)
    this.#disposing.signal.throwIfAborted()
    if (broker === undefined) throw unknownNode(node)
    try {
      return await this.#keep(
        await dial(broker, this.settings, { timeoutMs: CONNECT_WITHIN / 2, signal: this.#giveUp }),
      )
    } catch (error) {
      throw this.#isOpen ? dying(error) : error
    }
  }

  get #giveUp(): AbortSignal {
    return AbortSignal.any([this.#disposing.signal, ...(this.#opening === undefined ? [] : [this.#opening])])
  }

  async #keep({ wire, versions }: Dialled): Promise<Wire> {
    this.#versions = versions
    if (this.#disposing.signal.aborted) await wire.close()
    return wire
  }

  async #bootstrap(): Promise<Wire> {
    const targets: readonly Target[] = parseBrokers(this.settings.brokers)
    const each = Math.max(SHORTEST_TRY, CONNECT_WITHIN / 2 / targets.length)
    const deadline = Date.now() + CONNECT_WITHIN / 2 + SHORTEST_TRY
    const failures: SpillwayError[] = []
    for (const target of targets) {
      if (Date.now() > deadline) break
      try {
        return await this.#keep(await dial(target, this.settings, { timeoutMs: each, signal: this.#giveUp }))
      } catch (error) {
        if (!(error instanceof BrokerError)) throw error
        failures.push(error)
      }
    }
    throw unreachable('No broker can be reached', failures)
  }

  /** A listener that wants SASL drops, or answers with nothing, the first request of who did not authenticate. */
  async #firstLook(first: Wire): Promise<void> {
    try {
      await this.#learn(first)
    } catch (error) {
      if (this.settings.sasl === undefined && error instanceof BrokerError && error.code === 'connection-lost')
        throw new UserError('The broker closed the connection at the first request', { ...SASL_WANTED, cause: error })
      throw error
    }
    if (this.#nodes.length === 0) throw new UserError('The broker did not accept the credentials', SASL_WANTED)
  }

  /** The classic trap: the address given works, the ones that the brokers advertise do not. */
  async #advertised(): Promise<void> {
    const tries = this.#nodes.map(({ node }) => this.wire(node))
    try {
      await Promise.any(tries)
    } catch (error) {
      this.#opening?.throwIfAborted()
      const failures = error instanceof AggregateError ? error.errors.map(asOurs) : [asOurs(error)]
      throw unreachable(
        'A broker answered, but none of the addresses that the brokers advertise can be reached',
        failures,
        ADVERTISED,
      )
    }
  }

  #allFailed(failures: readonly SpillwayError[]): BrokerError {
    const tried = failures.map(failure => failure.message).join('; ')
    return new BrokerError(`No broker of the cluster answers: ${tried || 'none is known'}`, {
      retry: true,
      code: 'unreachable',
      hint: 'Check that the brokers run and can be reached from here.',
    })
  }
}

const asOurs = (error: unknown): SpillwayError =>
  error instanceof SpillwayError ? error : new BrokerError(String(error), { retry: false, cause: error })

/** With settings that have worked, a connection that is dropped at its first request is one to a broker that dies, and no matter of TLS. */
const dying = (error: unknown): unknown =>
  error instanceof UserError && error.code === 'tls-mismatch'
    ? new BrokerError(error.message, { retry: true, code: 'unreachable', cause: error })
    : error

const unknownNode = (node: number): BrokerError =>
  new BrokerError(`Broker ${node} is not in the cluster now`, { retry: true, code: 'unknown-node' })

/** By ourselves: whoever waits for it to pass would wait for ever. */
const closed = (): BrokerError =>
  new BrokerError('The connection to the cluster is closed', { retry: false, code: 'closed' })

const SASL_WANTED = {
  code: 'credentials',
  hint: 'The listener may want `sasl` settings (mechanism, username, password or token); check them.',
}
const ADVERTISED =
  'Set advertised.listeners of the brokers to names that resolve and can be reached from here, or make these names do so.'

function unreachable(what: string, failures: readonly SpillwayError[], hint?: string): SpillwayError {
  const other = failures.find(failure => failure instanceof UserError)
  if (other !== undefined) return other
  return new UserError(`${what}: ${failures.map(failure => failure.message).join('; ')}`, {
    code: 'unreachable',
    hint:
      hint ??
      failures.find(failure => failure.hint)?.hint ??
      'Check host, port and firewall, and that the broker runs.',
    details: failures.map(failure => ({ message: failure.message })),
    ...(failures[0] === undefined ? {} : { cause: failures[0] }),
  })
}
