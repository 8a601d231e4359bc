import type { KafkaSettings } from './settings.js'
import { openLink } from './wire/cluster.js'

/** One request as the protocol's header names it. */
export type WireRequest = {
  readonly api: number
  readonly version: number
  /** For messages. */
  readonly name: string
  /** Request header v2 and response header v1 (KIP-482). */
  readonly flexible?: boolean
  /** Where throttle_time_ms stands in the response body; negative counts from its end; absent: it has none. */
  readonly throttleAt?: number
}

/** A connection to one broker. Requests go out in the order of the calls. */
export interface Wire {
  readonly node: number
  readonly connected: boolean
  /** Milliseconds for which the broker has asked this wire to pause so far (KIP-219). */
  readonly throttledMs?: number
  /**
   * Sends the request as a list of buffers, uncopied; they may not change before the answer. Resolves with the response
   * body after its header, a view that lives as long as it is held. Throws BrokerError, retriable, when the connection
   * is lost or nothing came within `timeoutMs` (30 s); the wire is dead after either.
   */
  ask(request: WireRequest, body: readonly Buffer[], timeoutMs?: number): Promise<Buffer>
  /** Takes the buffer of a large response back, to be used again; nothing may hold a view of it any more. */
  recycle?(body: Buffer): void
  close(): Promise<void>
}

/** A broker as it advertises itself. */
export type BrokerAddress = { readonly node: number; readonly host: string; readonly port: number }

/** A cluster, connected and authenticated. */
export interface Link extends AsyncDisposable {
  readonly settings: KafkaSettings
  readonly clusterId: string
  nodes(): readonly BrokerAddress[]
  /** The broker that takes requests for the controller; -1 while there is none. */
  controller(): number
  /** Reads brokers and controller anew from any living broker. Throws BrokerError, retriable, when none lives. */
  refresh(): Promise<void>
  /**
   * The connection to a broker for a purpose ('control', 'fetch-3'…): one socket each, kept, dialled again after it
   * died. Throws BrokerError, retriable, when the broker does not answer or is not in the cluster now; `closed`, which
   * nothing passes, once the link is disposed of.
   */
  wire(node: number, purpose?: string): Promise<Wire>
  /** The control wire of any living broker. Throws as `wire` does. */
  any(): Promise<Wire>
  /** Whether the broker of the last dial announced this version of the api. */
  supports(api: number, version: number): boolean
  /** The highest version announced; -1 where the api is unknown. */
  maxVersion(api: number): number
}

/**
 * Connects to the first broker of the list that answers, authenticates, reads the cluster id and proves that at least
 * one advertised address can be reached. Says no within 10 s: UserError `unreachable` (each address tried is named),
 * `tls-mismatch`, `certificate`, `credentials`, `unsupported` (older than Kafka 2.4).
 */
export async function connect(settings: KafkaSettings, signal?: AbortSignal): Promise<Link> {
  return openLink(settings, signal)
}
