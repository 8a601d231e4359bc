import type { ReplayRequest } from '../../commands/requests.js'
import { formatRows } from '../../core/address/rows.js'
import { formatAddress, type Place } from '../../core/address.js'
import { digestOf } from '../../core/digest.js'
import { homeFolder } from '../../core/home.js'
import { Refusal } from '../../errors.js'
import type { Io } from '../../io.js'
import { makeFolders } from '../../journal/durable.js'
import { releaseLock, takeLock } from '../../journal/lock.js'

/** What stays the same of a nightly replay from night to night, as a short name: what is read, which of it, and where it goes; not its hours and its rate. */
export function jobOf({ of, to, filter, typed }: ReplayRequest): string {
  const { from, to: until, ...chosen } = filter
  const rows = of.kind === 'rows' ? of.rows : undefined
  const [begin, end] = rows === undefined ? [from?.toISOString(), until?.toISOString()] : [rows.from, rows.to]
  const range = typed?.day === undefined ? { from: typed?.from ?? begin, to: typed?.to ?? end } : { day: typed.day }
  const { from: _begin, to: _end, ...columns } = rows ?? { from: '', to: '' }
  const target = to === 'origin' ? to : bare(to)
  const isMissing = of.kind === 'rows' && of.missing !== undefined
  return digestOf({ of: nameOf(of), columns, isMissing, range, chosen, target }).slice(
    'sha256:'.length,
    'sha256:'.length + 16,
  )
}

function nameOf(of: ReplayRequest['of']): string {
  if (of.kind === 'rows') return formatRows(of.place.address)
  return of.kind === 'dead-letters' ? bare(of.place) : `${of.kind}:${of.run}`
}

const bare = ({ address }: Place): string => formatAddress(address)

/** Keeps a second start of the same nightly replay out; gone with the process at the latest. Throws Refusal `taken`. */
export async function lockJob(job: string, { env }: Pick<Io, 'env'>): Promise<AsyncDisposable> {
  const folder = `${homeFolder(env)}/nights/${job}`
  await makeFolders(folder)
  try {
    const lock = await takeLock(folder, { run: job })
    return { [Symbol.asyncDispose]: () => releaseLock(folder, lock) }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    throw new Refusal('This nightly replay is at work already', {
      code: 'taken',
      hint: '`spillway runs` shows it. Let it end; two at once would send twice.',
      details: [{ message: error.message }],
      cause: error,
    })
  }
}
