import { fromKafka } from '../errors.js'
import type { Wire, WireRequest } from '../link.js'
import { Reader } from './reader.js'
import { Writer } from './writer.js'

/** A request with a small body; how its answer is read. */
export type Call<T> = {
  readonly request: WireRequest
  readonly write: (writer: Writer) => unknown
  readonly read: (reader: Reader) => T
  readonly timeoutMs?: number
}

/** Asks and reads the answer. Throws BrokerError; an answer that cannot be read is one too, not retriable. */
export async function call<T>(wire: Wire, { request, write, read, timeoutMs }: Call<T>): Promise<T> {
  const writer = new Writer()
  write(writer)
  const body = await wire.ask(request, [writer.done()], timeoutMs)
  try {
    return read(new Reader(body))
  } catch (error) {
    throw fromKafka(error, { doing: `Reading the answer to ${request.name} v${request.version}` })
  }
}
