import { UserError } from '../errors.js'
import type { Kind } from './fits.js'
import type { DiscardRequest } from './requests.js'

type Misfit = { readonly at: string; readonly message: string; readonly hint: string }

/** What of a discard's flags does not go with the kind of its source, once that is known. */
export const discardMisfits = (
  kind: Kind,
  { freeDisk, management }: Pick<DiscardRequest, 'freeDisk' | 'management'>,
): Misfit[] => {
  if (kind === 'rabbitmq' && freeDisk)
    return [
      { at: '--free-disk', message: 'is for Kafka: what is acked leaves a queue by itself', hint: 'Leave it away.' },
    ]
  if (kind === 'kafka' && management !== undefined)
    return [{ at: '--management', message: 'is for RabbitMQ', hint: 'Leave it away.' }]
  return []
}

/** Throws that as a UserError; for a named cluster, whose kind the command line does not tell. */
export const assertDiscardFits = (kind: Kind, request: DiscardRequest): void => {
  for (const { at, message, hint } of discardMisfits(kind, request)) throw new UserError(`${at}: ${message}`, { hint })
}
