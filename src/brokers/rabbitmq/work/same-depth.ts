import { Refusal } from '../../../errors.js'
import { onChannel } from '../admin/passive-declare.js'
import { brokerWords, replyCode } from '../errors.js'
import type { RabbitLink } from '../link.js'

/** Without anybody who says it again, what was agreed is forgotten after so long. Milliseconds. */
const LASTS_MS = 60_000

/**
 * Says to the other processes how many messages unacked a consumer of this one has, and asks what they have: an empty queue keeps it as its
 * `x-max-length`, and the broker refuses another value with the one that is there (406, rabbit_misc:assert_args_equivalence). Gives theirs where
 * it differs. Throws UserError `permission`, BrokerError.
 */
export const otherDepth = (link: RabbitLink, name: string, depth: number): Promise<number | undefined> =>
  onChannel(link, { doing: `Declaring ${name}`, queue: name, permission: 'configure' }, async channel => {
    try {
      const args = { 'x-queue-type': 'classic', 'x-max-length': depth }
      await channel.assertQueue(name, { durable: false, expires: LASTS_MS, arguments: args })
      return undefined
    } catch (failure) {
      const theirs = /inequivalent arg 'x-max-length' .* current is \D*(\d+)/s.exec(brokerWords(failure))?.[1]
      if (replyCode(failure) !== 406 || theirs === undefined) throw failure
      return Number(theirs)
    }
  })

/** Why such processes cannot work side by side. */
export const depthsDiffer = (ours: number, theirs: number): Refusal =>
  new Refusal(
    `Other processes work these lanes with other numbers: a consumer of theirs takes ${theirs} messages at a time, one of this ${ours}`,
    {
      code: 'other-depth',
      hint: 'Quorum queues before RabbitMQ 4.0 keep the order of keys only among equals: give --workers and --concurrency as the others have them, or stop these and wait a minute.',
    },
  )
