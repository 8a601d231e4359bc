import { parseCount, parsePercent } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseRate } from '../core/rate-text.js'
import { parseBytes } from '../core/size.js'
import { UserError } from '../errors.js'
import { parseSource, parseTarget } from './addresses.js'
import { oneOf } from './choice.js'
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
}

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const UNTIL_HINT =
  'drain ends at now, caught-up or lanes-empty. A time goes to `discard --until` or `replay --to-time`.'

/** Throws a UserError with every problem of the command line. */
export const drainRequest = ({ args, flags, common, problems }: Given<DrainFlags>): DrainRequest => {
  problems.exclusive({ '--factor': flags.factor, '--lanes': flags.lanes })
  if (flags.key)
    problems.add(
      '--key',
      'is for RabbitMQ; on Kafka the record key chooses the lane',
      'Leave it away, or use --order none.',
    )
  const choices = choicesOf(flags, problems)
  const optional = defined({
    factor: problems.read('--factor', flags.factor, parseCount),
    lanes: problems.read('--lanes', flags.lanes, parseCount),
    to: problems.read('--to', flags.to, parseTarget),
    first: problems.read('--first', flags.first, parseCount),
    rate: problems.read('--rate', flags.rate, parseRate),
    save: flags.save,
    lanesGroup: flags.group,
  })
  return {
    ...common,
    ...choices,
    ...optional,
    diskFree: diskFreeOf(flags.diskFree ?? [], problems),
    maxDriftPercent: problems.read('--max-drift', flags.maxDrift, parsePercent) ?? 20,
    consumersStopped: flags.consumersStopped ?? false,
    takeOver: flags.takeOver ?? false,
    source: problems.finish('SOURCE', problems.read('SOURCE', args[0], parseSource)),
  }
}

const choicesOf = (flags: DrainFlags, problems: Problems) => ({
  order: problems.read('--order', flags.order, oneOf(['key', 'none'])) ?? ('key' as const),
  until:
    problems.read('--until', flags.until, oneOf(['now', 'caught-up', 'lanes-empty'], UNTIL_HINT)) ?? ('now' as const),
  cutOver:
    problems.read('--cut-over', flags.cutOver, oneOf(['lanes-first', 'fresh-first'])) ?? ('lanes-first' as const),
  ...defined({
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
