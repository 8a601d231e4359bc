import { FRAME, FRAME_HEAD, frameEnd, METHOD, methodOf, readLong } from './frames.js'

/** A confirm of the broker: of one sequence number, or of all open ones up to it; `ok` is false for basic.nack. */
export type Confirmed = (seq: number, multiple: boolean, ok: boolean) => void

/** Reads the confirms of one channel that stand at the start of `bytes`, whole frames; gives how many bytes they took. */
export function takeConfirms(bytes: Buffer, channel: number, confirmed: Confirmed): number {
  let at = 0
  for (let end = frameEnd(bytes, at); isConfirm(bytes, channel, { at, end }); end = frameEnd(bytes, at)) {
    const [tagAt, ok] = [at + FRAME_HEAD + 4, methodOf(bytes, at) === METHOD.ack]
    confirmed(readLong(bytes, tagAt), ((bytes[tagAt + 8] ?? 0) & 1) === 1, ok)
    at = end
  }
  return at
}

function isConfirm(
  bytes: Buffer,
  channel: number,
  { at, end }: { readonly at: number; readonly end: number },
): boolean {
  if (end === 0 || bytes[at] !== FRAME.method || bytes.readUInt16BE(at + 1) !== channel) return false
  const method = methodOf(bytes, at)
  return method === METHOD.ack || method === METHOD.nack
}
