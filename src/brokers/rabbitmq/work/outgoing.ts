import type { Message } from '../../../core/message.js'
import { UncarriableError } from '../../../fanout/ports.js'
import { edit } from '../relay/edits.js'
import { putBack } from '../relay/put-back.js'
import { bodyOf, type Delivery } from '../wire/delivery.js'
import { entries } from '../wire/field-table.js'
import { FRAME_HEAD } from '../wire/frames.js'
import { has, locate, rewriteHeader } from '../wire/header-frame.js'
import { foreignHeader, tableEntry } from './foreign.js'
import { RabbitNative } from './queue-message.js'

/** What is published: a header frame, and the body without its frames. */
export type Outgoing = { readonly header: Buffer; readonly body: Buffer }

/** A header that is added to what is sent. */
export type Extra = readonly (readonly [name: string, value: string])[]

/** How a sender logs in, as far as messages must fit it. */
export type Publishing = {
  readonly username: string
  /** The user has the tag `impersonator`: the broker takes a user-id of others. */
  readonly impersonates: boolean
}

const EMPTY = Buffer.alloc(0)

/**
 * What goes out for a message: one of RabbitMQ as it came, with `expiration` and `user-id` back where they were; any other with its key, id,
 * headers and time mapped. Throws UncarriableError.
 */
export function outgoing(message: Message, extra: Extra, publishing: Publishing): Outgoing {
  const { native } = message
  if (!(native instanceof RabbitNative)) return { header: foreignHeader(message, extra), body: message.value ?? EMPTY }
  const header = ownHeader(native.delivery, publishing)
  return {
    header: extra.length === 0 ? header : withExtra(header, extra),
    body: message.value ?? bodyOf(native.delivery),
  }
}

function ownHeader(delivery: Delivery, { username, impersonates }: Publishing): Buffer {
  const put = headed(delivery, putBack(delivery, { userId: impersonates, counts: true }).header)
  const edited = edit(put, { expiration: false, userId: !impersonates, counts: true }, username)
  if (edited.unable !== undefined) throw new UncarriableError(edited.unable)
  return edited.header ?? put.bytes.subarray(put.header, put.body)
}

/** A delivery with another header frame, for a second edit; its body is left out. */
const headed = (delivery: Delivery, header: Buffer | undefined): Delivery =>
  header === undefined ? delivery : { ...delivery, bytes: header, header: 0, body: header.length, end: header.length }

/** Headers of the same names are replaced: a message may come this way more than once. */
function withExtra(header: Buffer, extra: Extra): Buffer {
  const span = has(header, 0, 'headers') ? locate(header, 0).headers : undefined
  const names = new Set(extra.map(([name]) => name))
  const there = span === undefined ? [] : [...entries(header, span.from + 4, span.to)]
  return rewriteHeader(header, 0, {
    without: [],
    withoutEntries: there.filter(({ name }) => names.has(name)),
    append: extra.map(([name, value]) => tableEntry(name, Buffer.from(value))),
  })
}

/** The user-id that a header frame carries; undefined where it has none. */
export function userIdIn(header: Buffer): string | undefined {
  const span = has(header, 0, 'user-id') ? locate(header, 0)['user-id'] : undefined
  return span === undefined ? undefined : header.toString('utf8', span.from + 1, span.to)
}

/** Whether a returned message is this one: properties and body are the same. */
export const isSame = ({ header, body }: Outgoing, returned: Outgoing): boolean =>
  body.length === returned.body.length &&
  header.subarray(FRAME_HEAD).equals(returned.header.subarray(FRAME_HEAD)) &&
  body.equals(returned.body)
