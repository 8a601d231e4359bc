/** What a passive declare tells: messages ready for delivery, and consumers. */
export type Depth = { readonly ready: number; readonly consumers: number }

/** What a survey asks over AMQP: the smallest thing that a connection can answer without changing anything. */
export type QueueLook = {
  /** From the server's properties. */
  readonly clusterName: string
  readonly serverVersion: string
  /** Passive declare. Throws UserError `no-queue`, `permission`, … */
  depth(queue: string): Promise<Depth>
  /** Whether a queue of this name exists that belongs to another connection (405 RESOURCE_LOCKED). */
  locked(queue: string): Promise<boolean>
}
