import type { ReplayRequest } from '../../commands/requests.js'
import { healthCheck } from '../../control/gauges/health-check.js'
import { holdFile } from '../../control/gauges/hold-file.js'
import { parseDatabase } from '../../core/address/database.js'
import { formatRows } from '../../core/address/rows.js'
import { defined } from '../../core/defined.js'
import type { Gauge, GaugeLimits } from '../../core/gauges.js'
import { formatCount, formatDuration } from '../../core/quantity.js'
import type { DatabaseGauge } from '../../databases/gauge.js'
import { Bug } from '../../errors.js'
import type { Io } from '../../io.js'
import { type DatabaseOrName, databaseOptions } from '../../settings/database.js'
import type { ReplayTarget } from './ends.js'

/** The database that gauges of a command ask: the one that was named, or the one that the rows are of. */
export function gaugeDatabase({ gauges, of }: ReplayRequest): DatabaseOrName | undefined {
  if (gauges?.database !== undefined) return gauges.database
  if (of.kind !== 'rows') return undefined
  const { address, ...login } = of.place
  return address.kind === 'file' ? undefined : { address, ...login }
}

/** The gauges of a command as its plan has them: without a password. */
export function plannedGauges(request: ReplayRequest): GaugeLimits | undefined {
  const { gauges } = request
  if (gauges === undefined) return undefined
  const { replicaLagMs, query } = gauges.limits
  const place = replicaLagMs === undefined && query === undefined ? undefined : gaugeDatabase(request)
  if (place === undefined) return gauges.limits
  const user = place.credentials?.username
  return { ...gauges.limits, database: { address: formatRows(place.address), ...defined({ user }) } }
}

/** Gauges that are connected to what they read. */
export type OpenGauges = AsyncDisposable & { readonly gauges: readonly Gauge[] }

type Around = {
  readonly target: Pick<ReplayTarget, 'waiting'>
  /** With the password that was given with the address; else it comes from environment or settings. */
  readonly database?: DatabaseOrName | undefined
  readonly io: Io
  /** The settings file, where one was named. */
  readonly config?: string | undefined
}

/** The gauges of a plan. Nothing is connected before the first reading. */
export async function openGauges(limits: GaugeLimits, around: Around): Promise<OpenGauges> {
  const { target } = around
  const { replicaLagMs, query, targetLag, url, holdFile: file } = limits
  const asksDatabase = replicaLagMs !== undefined || query !== undefined
  const server = asksDatabase ? await serverOf(limits, around) : undefined
  return {
    gauges: [
      ...(server === undefined || replicaLagMs === undefined ? [] : [replicaLag(server, replicaLagMs)]),
      ...(server === undefined || query === undefined ? [] : [loadQuery(server, query)]),
      ...(targetLag === undefined ? [] : [waitingAt(target, targetLag)]),
      ...(url === undefined ? [] : [healthCheck(url)]),
      ...(file === undefined ? [] : [holdFile(file)]),
    ],
    [Symbol.asyncDispose]: async () => server?.[Symbol.asyncDispose](),
  }
}

async function serverOf({ database: planned }: GaugeLimits, { database, io, config }: Around): Promise<DatabaseGauge> {
  const { DatabaseGauge } = await import('../../databases/gauge.js')
  const place = database ?? (planned && placeOf(planned))
  if (place === undefined) throw new Bug('A gauge asks a database that the plan does not name')
  const options = await databaseOptions(place, { io, config })
  const { password } = options.credentials
  if (password !== undefined) io.secrets?.add(password)
  return new DatabaseGauge(options)
}

/** As a plan has it: with its user, where the settings do not tell that. */
function placeOf({ address, user }: NonNullable<GaugeLimits['database']>): DatabaseOrName {
  const known = parseDatabase(address)?.address ?? { kind: 'named' as const, cluster: address }
  return { address: known, ...(user === undefined ? {} : { credentials: { username: user } }) }
}

const replicaLag = (server: DatabaseGauge, most: number): Gauge => ({
  name: 'replica lag',
  async read(signal) {
    const lag = await server.lagMs(signal)
    return lag <= most ? undefined : `${formatDuration(lag / 1000)} is over ${formatDuration(most / 1000)}`
  },
})

const loadQuery = (server: DatabaseGauge, { text, max }: NonNullable<GaugeLimits['query']>): Gauge => ({
  name: 'load query',
  async read(signal) {
    const value = await server.number(text, signal)
    return value <= max ? undefined : `${value} is over ${max}`
  },
})

const waitingAt = (
  target: Pick<ReplayTarget, 'waiting'>,
  { max, group }: NonNullable<GaugeLimits['targetLag']>,
): Gauge => ({
  name: 'target lag',
  async read() {
    const waiting = await target.waiting(group)
    const what = group === undefined ? 'messages ready' : `messages that ${group} has not read`
    return waiting <= BigInt(max) ? undefined : `${formatCount(waiting)} ${what} is over ${formatCount(max)}`
  },
})
