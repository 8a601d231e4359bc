import type { Command } from 'commander'
import { parseRowsOrName, type RowsAddress } from '../core/address/rows.js'
import { type Credentials, maskAddress } from '../core/address.js'
import { parseCount } from '../core/count.js'
import { defined } from '../core/defined.js'
import { parseDuration } from '../core/duration.js'
import type { GaugeLimits } from '../core/gauges.js'
import { UserError } from '../errors.js'
import type { Problems } from './problems.js'

/** The flags of what a run looks at while it works. */
export type GaugeFlags = {
  holdFile?: string
  gaugeUrl?: string
  maxReplicaLag?: string
  gaugeQuery?: string
  gaugeMax?: string
  gaugeDb?: string
  maxTargetLag?: string
  targetGroup?: string
}

/** A database, or the name of one in spillway.yaml. */
export type GaugePlace = {
  readonly address: Exclude<RowsAddress, { kind: 'file' }>
  readonly credentials?: Credentials
}

/** Limits, and the database that is asked, with its credentials; the rows' own where it is absent. */
export type GaugesAsked = { readonly limits: Omit<GaugeLimits, 'database'>; readonly database?: GaugePlace }

/** Declares them. */
export const withGauges = (command: Command): Command =>
  command
    .option('--max-replica-lag <duration>', 'hold while the replica of the database is further behind (10s)')
    .option('--gauge-query <sql>', 'hold while this SELECT gives a number over --gauge-max')
    .option('--gauge-max <n>', 'the most that --gauge-query may give')
    .option('--gauge-db <address>', 'postgres://user@host/DB, mysql://…, NAME: ask there (the database of the rows)')
    .option('--max-target-lag <n>', 'hold while more messages wait at the target (10k)')
    .option('--target-group <group>', 'Kafka: the group whose lag --max-target-lag means')
    .option('--gauge-url <url>', 'hold unless this answers with 2xx')
    .option('--hold-file <path>', 'hold while this file is there')

/** What a command line says of them; undefined where it says nothing. */
export function gaugesAsked(
  flags: GaugeFlags,
  { hasRows, toOrigin }: { readonly hasRows: boolean; readonly toOrigin: boolean },
  problems: Problems,
): GaugesAsked | undefined {
  const database = problems.read('--gauge-db', flags.gaugeDb, databaseOf)
  const group = flags.targetGroup
  const max = problems.read('--max-target-lag', flags.maxTargetLag, parseCount)
  const limits = defined({
    holdFile: flags.holdFile,
    url: problems.read('--gauge-url', flags.gaugeUrl, urlOf),
    replicaLagMs: problems.read('--max-replica-lag', flags.maxReplicaLag, parseDuration),
    query: queryOf(flags, problems),
    targetLag: max === undefined ? undefined : { max, ...defined({ group }) },
  })
  if ((flags.maxReplicaLag || flags.gaugeQuery) && !hasRows && !flags.gaugeDb)
    problems.add(
      '--gauge-db',
      'is missing: no database is read here',
      'Say who to ask: --gauge-db postgres://user@host/DB.',
    )
  if (flags.maxTargetLag && toOrigin)
    problems.add('--max-target-lag', 'is for one topic or queue', 'Name it with --to instead of origin.')
  if (group !== undefined && !flags.maxTargetLag)
    problems.add('--target-group', 'is for --max-target-lag', 'Say how much may wait: --max-target-lag 10k.')
  return Object.keys(limits).length === 0 ? undefined : { limits, ...defined({ database }) }
}

function queryOf({ gaugeQuery: text, gaugeMax }: GaugeFlags, problems: Problems): GaugeLimits['query'] | undefined {
  const max = problems.read('--gauge-max', gaugeMax, numberOf)
  if (text && gaugeMax === undefined) problems.add('--gauge-max', 'is missing', 'Say what is too much: --gauge-max 50.')
  if (!text && gaugeMax !== undefined)
    problems.add('--gauge-query', 'is missing', 'Give the SELECT whose number is compared.')
  return text && max !== undefined ? { text, max } : undefined
}

const numberOf = (text: string): number => {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  throw new UserError(`"${text}" is no number`, { hint: 'Write 50, or 0.8.' })
}

const databaseOf = (text: string): GaugePlace => {
  const { address, ...login } = parseRowsOrName(text) ?? { address: undefined }
  if (address !== undefined && address.kind !== 'file') return { address, ...login }
  throw new UserError(`${maskAddress(text)} is no database`, {
    hint: 'Write postgres://user@host/DB, mysql://user@host/DB, or a NAME of spillway.yaml.',
  })
}

/** The plan keeps it, so no password may stand in it. */
const urlOf = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UserError('is no address of HTTP', { hint: 'Write http://host:8080/healthy.' })
  if (url.username === '' && url.password === '') return text
  throw new UserError('has a login in it, which plans and journals would keep', {
    hint: 'Let a health check answer without one.',
  })
}
