import { BrokerError, UserError } from '../../errors.js'
import { type Attempt, DONE, type Handler, type Outcome, type Sender, UncarriableError } from '../ports.js'
import type { HandlerOptions } from './options.js'
import { asReason, thrownReason } from './reason.js'

/** `--to TARGET`: passes each message on through a sender. */
export class ToHandler implements Handler {
  readonly slots: number
  readonly #sender: Sender

  /** Throws UserError where no sender was given. */
  constructor({ workers, concurrency, sender }: HandlerOptions) {
    if (sender === undefined) throw new UserError('There is nothing to send with to the target of --to')
    this.slots = workers * concurrency
    this.#sender = sender
  }

  async start(): Promise<void> {}

  async handle({ message }: Attempt): Promise<Outcome> {
    try {
      await this.#sender.send(message)
      return DONE
    } catch (error) {
      return sendOutcome(error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** What an error of a sender means for the message: what can never be carried is refused, what may pass is tried later. Pure. */
export function sendOutcome(error: unknown): Outcome {
  if (error instanceof UncarriableError) return { kind: 'refused', reason: asReason(error.message) }
  const passes = error instanceof BrokerError && error.retry
  return { kind: passes ? 'later' : 'failed', reason: thrownReason(error) }
}
