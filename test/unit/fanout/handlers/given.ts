import type { HandlerPlan } from '../../../../src/core/fanout-plan.js'
import type { Message } from '../../../../src/core/message.js'
import { openHandler } from '../../../../src/fanout/handlers/open-handler.js'
import type { HandlerOptions } from '../../../../src/fanout/handlers/options.js'
import type { Handler, Outcome } from '../../../../src/fanout/ports.js'

/** A message as a Kafka adapter would give it, with what a test cares for. */
export const message = (fields: Partial<Message> = {}): Message => ({
  id: 'orders/3/42',
  key: Buffer.from('customer-7'),
  value: Buffer.from('{"total":1}'),
  headers: [],
  timestamp: 1_763_000_000_000,
  target: 'orders',
  lane: '3',
  mark: '42',
  size: 64,
  ...fields,
})

export const numbered = (mark: number, fields: Partial<Message> = {}): Message =>
  message({ id: `orders/3/${mark}`, mark: String(mark), ...fields })

/** Lines that a handler told. */
export type Told = { readonly stderr: string[]; readonly output: string[] }

export const options = (fields: Partial<HandlerOptions> = {}, told: Told = { stderr: [], output: [] }) => ({
  workers: 1,
  concurrency: 1,
  timeoutMs: 20_000,
  env: process.env,
  cwd: process.cwd(),
  restartsMs: [0, 1, 2, 3],
  stderr: (line: string) => told.stderr.push(line),
  ...fields,
})

/** A started handler, with a short way to give it one message. */
export async function opened(plan: HandlerPlan, fields: Partial<HandlerOptions> = {}) {
  const told: Told = { stderr: [], output: [] }
  const handler: Handler = openHandler(plan, options({ output: line => told.output.push(line), ...fields }, told))
  await handler.start()
  const never = new AbortController().signal
  const handle = async (given: Message = message(), attempt = 1, hard = never): Promise<Outcome> =>
    handler.handle({ message: given, attempt }, hard)
  return { handler, handle, told, [Symbol.asyncDispose]: () => handler[Symbol.asyncDispose]() }
}

/** Asks until it is so; a test that waits for nothing ends by its own time limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 10))
}
