import { type Message, type MessageHeader, type Origin, originOf } from '../../../core/message.js'
import type { Attempt } from '../../ports.js'
import { toWire } from '../wire.js'

/** A message as a module sees it: the fields of a worker's line, with bytes as buffers. JSON.stringify gives exactly that line. */
export class HandledMessage {
  readonly #given: Attempt

  constructor(given: Attempt) {
    this.#given = given
  }

  get #message(): Message {
    return this.#given.message
  }

  get id(): string {
    return this.#message.id
  }

  get key(): Buffer | null {
    return this.#message.key
  }

  get value(): Buffer | null {
    return this.#message.value
  }

  get headers(): readonly MessageHeader[] {
    return this.#message.headers
  }

  get origin(): Origin {
    return originOf(this.#message)
  }

  get attempt(): number {
    return this.#given.attempt
  }

  toJSON(): object {
    return toWire(this.#given)
  }
}
