import { BrokerError } from '../../../errors.js'
import { findCoordinator } from '../admin/coordinator.js'
import type { Link, Wire } from '../link.js'

/** The way to the coordinator of one group, looked up anew after a fault. */
export class GroupWire {
  readonly #link: Link
  readonly #group: string
  #node: Promise<number> | undefined

  constructor(link: Link, group: string) {
    this.#link = link
    this.#group = group
  }

  /** One attempt on a connection of its own for this purpose. Throws BrokerError. */
  async ask<T>(purpose: 'member' | 'heartbeat' | 'commit', attempt: (wire: Wire) => Promise<T>): Promise<T> {
    this.#node ??= findCoordinator(this.#link, this.#group, 'group')
    try {
      return await attempt(await this.#link.wire(await this.#node, purpose))
    } catch (error) {
      if (error instanceof BrokerError) this.forget()
      throw error
    }
  }

  /** The coordinator may be another one by now. */
  forget(): void {
    this.#node = undefined
  }
}
