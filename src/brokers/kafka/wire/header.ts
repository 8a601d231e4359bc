import type { WireRequest } from '../link.js'

type Envelope = { readonly id: number; readonly clientId: Buffer; readonly body: readonly Buffer[] }

/** Size and request header v1, or v2 for a flexible request (KIP-482). */
export function requestHeader(request: WireRequest, { id, clientId, body }: Envelope): Buffer {
  const header = Buffer.allocUnsafe(14 + clientId.length + (request.flexible ? 1 : 0))
  const size = body.reduce((sum, part) => sum + part.length, header.length - 4)
  header.writeInt32BE(size, 0)
  header.writeInt16BE(request.api, 4)
  header.writeInt16BE(request.version, 6)
  header.writeInt32BE(id, 8)
  header.writeInt16BE(clientId.length, 12)
  clientId.copy(header, 14)
  if (request.flexible) header[header.length - 1] = 0
  return header
}

/** The position after the TAG_BUFFER of a flexible response header; brokers send none so far. */
export function skipTags(frame: Buffer, from: number): number {
  if (frame[from] === 0) return from + 1
  throw new RangeError('The response header holds tags that no Kafka version has')
}
