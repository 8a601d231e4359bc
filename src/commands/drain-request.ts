import { parseCount, parsePercent } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseQueueKey } from '../core/queue-key.js'
import { parseRate } from '../core/rate-text.js'
import { parseBytes } from '../core/size.js'
import { UserError } from '../errors.js'
import { parseManagement, parseSource, parseTarget } from './addresses.js'
import { oneOf } from './choice.js'
import { misfits } from './fits.js'
import type { Problems } from './problems.js'
import type { DrainRequest } from './requests.js'
import type { Given } from './verb.js'

/** What commander hands over for `drain`. */
export type DrainFlags = {
  factor?: string
  lanes?: string
  order?: string
  key?: string
  until?: string
  to?: string
  first?: string
  save?: string
  exactlyOnce?: string
  compress?: string
  rate?: string
  consumersStopped?: boolean
  cutOver?: string
  diskFree?: readonly string[]
  maxDrift?: string
  group?: string
  takeOver?: boolean
  management?: string
  queueType?: string
}

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const UNTIL_HINT =
  'drain ends at now, caught-up or lanes-empty. A time goes to `discard --until` or `replay --to-time`.'

/** Throws a UserError with every problem of the command line. */
export const drainRequest = ({ args, flags, common, problems }: Given<DrainFlags>): DrainRequest => {
  problems.exclusive({ '--factor': flags.factor, '--lanes': flags.lanes })
  const choices = choicesOf(flags, problems)
  const optional = defined({
    factor: problems.read('--factor', flags.factor, parseCount),
    lanes: problems.read('--lanes', flags.lanes, parseCount),
    to: problems.read('--to', flags.to, parseTarget),
    first: problems.read('--first', flags.first, parseCount),
    rate: problems.read('--rate', flags.rate, parseRate),
    save: flags.save,
    lanesGroup: flags.group,
    key: problems.read('--key', flags.key, parseQueueKey),
    management: problems.read('--management', flags.management, parseManagement),
    queueType: problems.read('--queue-type', flags.queueType, oneOf(['classic', 'quorum'])),
  })
  const diskFree = diskFreeOf(flags.diskFree ?? [], problems)
  const source = problems.read('SOURCE', args[0], parseSource)
  // The kind of a named cluster stands in spillway.yaml; its flags are checked once that is read.
  if (source !== undefined && source.address.kind !== 'named')
    for (const { at, message, hint } of misfits(source.address.kind, { ...choices, ...optional, diskFree }))
      problems.add(at, message, hint)
  return {
    ...common,
    ...choices,
    ...optional,
    diskFree,
    maxDriftPercent: problems.read('--max-drift', flags.maxDrift, parsePercent) ?? 20,
    consumersStopped: flags.consumersStopped ?? false,
    takeOver: flags.takeOver ?? false,
    source: problems.finish('SOURCE', source),
  }
}

const choicesOf = (flags: DrainFlags, problems: Problems) => ({
  until:
    problems.read('--until', flags.until, oneOf(['now', 'caught-up', 'lanes-empty'], UNTIL_HINT)) ?? ('now' as const),
  cutOver:
    problems.read('--cut-over', flags.cutOver, oneOf(['lanes-first', 'fresh-first'])) ?? ('lanes-first' as const),
  ...defined({
    order: problems.read('--order', flags.order, oneOf(['key', 'none'])),
    exactlyOnce: problems.read('--exactly-once', flags.exactlyOnce, oneOf(['transactions', 'counting'])),
    compress: problems.read('--compress', flags.compress, oneOf(CODECS)),
  }),
})

const diskFreeOf = (texts: readonly string[], problems: Problems): ReadonlyMap<number, bigint> => {
  const pairs = texts.map(text => problems.read('--disk-free', text, nodeBytes)).filter(pair => pair !== undefined)
  return new Map(pairs)
}

const nodeBytes = (text: string): [number, bigint] => {
  const match = /^(\d+)=(.+)$/.exec(text)
  if (!match)
    throw new UserError(`"${text}" is not NODE=BYTES`, { hint: 'Write the broker id and its free disk: 1=500GB.' })
  return [Number(match[1]), parseBytes(match[2] ?? '')]
}
