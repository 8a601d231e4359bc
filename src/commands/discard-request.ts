import { parseCount } from '../core/count.js'
import { defined } from '../core/defined.js'
import type { DiscardScope } from '../core/discard-plan.js'
import { parseDuration } from '../core/duration.js'
import { parseInstant, parseZone } from '../core/instant.js'
import { parseRate } from '../core/rate-text.js'
import { UserError } from '../errors.js'
import { parseManagement, parseSource } from './addresses.js'
import { discardMisfits } from './discard-fits.js'
import type { Problems } from './problems.js'
import type { DiscardRequest } from './requests.js'
import type { Given } from './verb.js'

/** What commander hands over for `discard`. */
export type DiscardFlags = {
  all?: boolean
  olderThan?: string
  until?: string
  archive?: string
  noArchive?: boolean
  freeDisk?: boolean
  maxMessages?: string
  confirm?: string
  rate?: string
  tz?: string
  consumersStopped?: boolean
  takeOver?: boolean
  management?: string
}

/** Throws a UserError with every problem of the command line. `now` is what an age counts from. */
export const discardRequest = ({ args, flags, common, problems }: Given<DiscardFlags>, now: Date): DiscardRequest => {
  problems.exclusive({ '--all': flags.all, '--older-than': flags.olderThan, '--until': flags.until })
  problems.exclusive({ '--archive': flags.archive, '--no-archive': flags.noArchive })
  const optional = defined({
    maxMessages: problems.read('--max-messages', flags.maxMessages, parseCount),
    rate: problems.read('--rate', flags.rate, parseRate),
    zone: problems.read('--tz', flags.tz, parseZone),
    management: problems.read('--management', flags.management, parseManagement),
    confirm: flags.confirm,
  })
  const scope = scopeOf(flags, problems, now)
  const source = problems.read('SOURCE', args[0], parseSource)
  const freeDisk = flags.freeDisk ?? false
  // The kind of a named cluster stands in spillway.yaml; its flags are checked once that is read.
  if (source !== undefined && source.address.kind !== 'named')
    for (const { at, message, hint } of discardMisfits(source.address.kind, { ...optional, freeDisk }))
      problems.add(at, message, hint)
  return {
    ...common,
    ...optional,
    archive: flags.noArchive ? { keep: false } : { keep: true, ...defined({ folder: flags.archive }) },
    freeDisk,
    consumersStopped: flags.consumersStopped ?? false,
    takeOver: flags.takeOver ?? false,
    source: problems.finish('SOURCE', source),
    scope: problems.finish('--all, --older-than or --until', scope),
  }
}

const scopeOf = (flags: DiscardFlags, problems: Problems, now: Date): DiscardScope | undefined => {
  const { all, olderThan, until } = flags
  if (olderThan !== undefined) {
    const ms = problems.read('--older-than', olderThan, someTime)
    return ms === undefined
      ? undefined
      : { kind: 'older-than', before: new Date(now.getTime() - ms).toISOString(), age: olderThan }
  }
  if (until !== undefined) {
    const before = problems.read('--until', until, parseInstant)
    return before && { kind: 'until', before: before.toISOString() }
  }
  if (all) return { kind: 'all' }
  problems.add(
    'scope',
    '--all, --older-than, --until: none was given',
    'Give one of them: --all, --older-than 2h, --until 2026-01-31T08:00+08:00.',
  )
  return undefined
}

const someTime = (text: string): number => {
  const ms = parseDuration(text)
  if (ms >= 1) return ms
  throw new UserError('No age at all is everything', { hint: 'Write --all, or an age: --older-than 2h.' })
}
