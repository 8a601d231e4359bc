import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { FanoutRequest, HandlerRequest } from '../../commands/requests.js'
import { formatAddress } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import type { HandlerPlan } from '../../core/fanout-plan.js'
import { Bug, UserError } from '../../errors.js'
import type { FanoutOptions } from '../../fanout/plan/options.js'
import type { Io } from '../../io.js'

/** Messages in flight per worker, where the handler can have several and nobody said how many. */
const DEFAULT_CONCURRENCY = 16

/** What the operator chose, with the defaults of this machine. Throws UserError `no-module` where the file of a module is not there. */
export const optionsOf = async (
  request: FanoutRequest,
  { run, io }: { readonly run: string; readonly io: Io },
): Promise<FanoutOptions> => {
  const { handler, order, rate, pace, maxParkedPercent, maxErrorPercent } = request
  if (handler === undefined) throw new Bug('a fan-out without a handler was planned')
  const { retries, timeoutMs, maxAhead, consumersStopped } = request
  return {
    run,
    now: io.now(),
    handler: await handlerPlan(handler),
    workers: workersOf(request),
    concurrency: request.concurrency ?? (handler.kind === 'exec' ? 1 : DEFAULT_CONCURRENCY),
    retries,
    timeoutMs,
    maxAhead,
    consumersStopped,
    ...defined({ order, rate, pace, maxParkedPercent, maxErrorPercent, park: parkInWords(request.park) }),
  }
}

// A command that starts for each message is bound by the cores; what keeps running has its messages in flight.
const workersOf = ({ workers, handler }: FanoutRequest): number =>
  workers ?? (handler?.kind === 'exec' ? availableParallelism() : 1)

/** The handler as a plan keeps it: no credentials, and a path that holds wherever the run is resumed. */
const handlerPlan = async (handler: HandlerRequest): Promise<HandlerPlan> => {
  if (handler.kind === 'to') return { kind: 'to', address: formatAddress(handler.place.address) }
  if (handler.kind !== 'module') return handler
  const file = resolve(handler.file)
  await stat(file).catch((cause: unknown) => {
    throw new UserError(`There is no module ${file}`, {
      code: 'no-module',
      hint: 'Give the path of a JavaScript file: --module ./handle.mjs.',
      cause,
    })
  })
  return { kind: 'module', file }
}

const parkInWords = (park: FanoutRequest['park']): string | undefined => {
  if (park === undefined) return undefined
  return 'file' in park ? `file:${resolve(park.file)}` : formatAddress(park.place.address)
}
