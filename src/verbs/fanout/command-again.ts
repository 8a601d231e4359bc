import type { FanoutRequest, HandlerRequest } from '../../commands/requests.js'
import { formatAddress, type Place } from '../../core/address.js'
import { rateFlags, shellWord } from '../../core/command-words.js'
import type { FanoutPlan } from '../../core/fanout-plan.js'
import type { FanoutLook } from '../../fanout/plan/options.js'
import { reachedBy } from '../run/command-again.js'

/** The command that runs the plan which a dry run has shown, without `--execute`; it holds no password. */
export const fanoutAgain = (request: FanoutRequest, plan: FanoutPlan): string =>
  reachedBy(['spillway fanout', ...subject(request), ...choices(request, plan)].join(' '), request)

const subject = ({ of, handler, workers, concurrency, group, key }: FanoutRequest): string[] => [
  'run' in of ? of.run : shellWord(typed(of.place)),
  ...(handler === undefined ? [] : [handlerFlag(handler)]),
  ...flag('--workers', workers),
  ...flag('--concurrency', concurrency),
  ...flag('--group', group),
  ...flag('--key', key),
]

const choices = (request: FanoutRequest, plan: FanoutPlan): string[] => [
  ...flag('--order', request.order),
  ...flag('--retries', plan.retries === 3 ? undefined : plan.retries),
  ...flag('--timeout', plan.timeoutMs === 30_000 ? undefined : `${plan.timeoutMs}ms`),
  ...flag('--max-ahead', plan.maxAhead === 10_000 ? undefined : plan.maxAhead),
  ...flag('--max-parked', plan.maxParkedPercent === undefined ? undefined : `${plan.maxParkedPercent}%`),
  ...flag('--max-errors', plan.maxErrorPercent === undefined ? undefined : `${plan.maxErrorPercent}%`),
  ...flag('--park', plan.park),
  ...rateFlags(plan.rate),
  ...flag('--target-latency', plan.pace?.targetLatencyMs === undefined ? undefined : `${plan.pace.targetLatencyMs}ms`),
  ...flag('--min-rate', plan.pace?.minRate),
  ...flag('--max-rate', plan.pace?.maxRate),
  ...(plan.consumersStopped ? ['--consumers-stopped'] : []),
  ...(request.takeOver ? ['--take-over'] : []),
  ...flag('--source', request.again?.source && typed(request.again.source)),
  ...flag('--target', request.again?.target && typed(request.again.target)),
]

const handlerFlag = (handler: HandlerRequest): string => handlerWords(handler).map(shellWord).join(' ')

const handlerWords = (handler: HandlerRequest): [flag: string, value: string] => {
  switch (handler.kind) {
    case 'exec':
    case 'worker':
      return [`--${handler.kind}`, handler.command]
    case 'http':
      return ['--http', handler.url]
    case 'module':
      return ['--module', handler.file]
    case 'to':
      return ['--to', typed(handler.place)]
    default:
      return handler satisfies never
  }
}

const flag = (name: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [`${name} ${shellWord(String(value))}`]

/** With its user, but without the password. */
const typed = ({ address, credentials }: Place): string => {
  const shown = formatAddress(address)
  return credentials === undefined ? shown : shown.replace('://', `://${encodeURIComponent(credentials.username)}@`)
}

/**
 * Arguments of `spillway` that work the lanes from another machine, where the folder of the drain is not: the address stands for the run.
 */
export const commandInManifest = (look: FanoutLook, request: FanoutRequest): string[] => [
  'fanout',
  look.source,
  ...(request.handler === undefined ? [] : handlerWords(request.handler)),
  ...numbers(look, request).flatMap(([name, value]) => (value === undefined ? [] : [name, String(value)])),
  ...(request.consumersStopped ? ['--consumers-stopped'] : []),
  ...(look.source.includes('://') ? [] : ['--config', '/etc/spillway/spillway.yaml']),
  '--execute',
  '--yes',
]

const numbers = (look: FanoutLook, request: FanoutRequest): (readonly [string, string | number | undefined])[] => [
  ['--workers', request.workers],
  ['--concurrency', request.concurrency],
  ['--order', request.order],
  ['--key', look.key],
  ['--retries', request.retries],
  ['--timeout', `${request.timeoutMs}ms`],
  ['--max-ahead', request.maxAhead],
  ['--max-parked', request.maxParkedPercent === undefined ? undefined : `${request.maxParkedPercent}%`],
  ['--max-errors', request.maxErrorPercent === undefined ? undefined : `${request.maxErrorPercent}%`],
  ['--park', request.park && ('file' in request.park ? `file:${request.park.file}` : typed(request.park.place))],
  ...rateFlags(request.rate).map(text => text.split(' ') as [string, string]),
  ['--target-latency', request.pace?.targetLatencyMs === undefined ? undefined : `${request.pace.targetLatencyMs}ms`],
  ['--min-rate', request.pace?.minRate],
  ['--max-rate', request.pace?.maxRate],
]
