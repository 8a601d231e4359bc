/** Where a backlog lives, parsed from the command line; never holds a password (see `settings`). */
export type KafkaAddress = {
  readonly kind: 'kafka'
  /** The short form's cluster name in spillway.yaml, if it was used. */
  readonly cluster?: string
  /** host:port, in the order given. */
  readonly brokers: readonly string[]
  readonly topic?: string
  readonly group?: string
}
export type Address = KafkaAddress
