import { nearest } from '../../../core/did-you-mean.js'
import { isRecord } from '../../../core/revive.js'
import { lockQueue } from '../../../core/temporary-queue.js'
import { UserError } from '../../../errors.js'
import { recordOf, textOf } from '../management/fields.js'
import type { Management } from '../management.js'
import { askManagement, type Managed } from './ask-management.js'
import { pageOf } from './cluster-facts.js'
import type { QueueLook } from './look.js'
import type { MeasureQueue } from './measure.js'
import { type Reading, watchQueue } from './watch-queue.js'

/** Everything that was asked, before it is folded into a survey. */
export type Gathered = {
  readonly measuredAt: number
  readonly readings: readonly Reading[]
  readonly managed?: Managed
  /** Why the management API told nothing. */
  readonly unmanaged?: string
  readonly lock?: { readonly queue: string; readonly by?: string }
}

/** Asks everything: the server over AMQP while the window runs, the management API at its end. Throws as `measureQueue`. */
export const gather = async (look: QueueLook, management: Management, request: MeasureQueue): Promise<Gathered> => {
  const readings = await watchQueue(look, request).catch(error => suggest(error, management, request))
  const measuredAt = Date.now()
  const overview = await management.get(['overview'])
  const seen = { measuredAt, readings, ...(await lockOn(look, overview.ok ? management : undefined, request)) }
  if (!overview.ok) return { ...seen, unmanaged: overview.why }
  const managed = await askManagement(management, request, overview.value)
  return typeof managed === 'string' ? { ...seen, unmanaged: managed } : { ...seen, managed }
}

type Lock = Pick<Gathered, 'lock'>

const lockOn = async (look: QueueLook, api: Management | undefined, request: MeasureQueue): Promise<Lock> => {
  const queue = lockQueue(request.queue)
  if (!(await look.locked(queue))) return {}
  const answer = await api?.get(['queues', request.vhost, queue])
  const owner = answer?.ok && isRecord(answer.value) ? recordOf(answer.value, 'owner_pid_details') : {}
  const by = textOf(owner, 'name')
  return { lock: { queue, ...(by !== undefined && { by }) } }
}

/** A name that is not there gets the nearest one that is, where the management API can tell. */
const suggest = async (error: unknown, api: Management, { vhost, queue }: MeasureQueue): Promise<never> => {
  if (!(error instanceof UserError) || error.code !== 'no-queue') throw error
  const answer = await api.get(['queues', vhost], { page: 1, page_size: 500, columns: 'name', disable_stats: 'true' })
  const names = answer.ok ? pageOf(answer.value).items.flatMap(item => textOf(item, 'name') ?? []) : []
  const meant = nearest(queue, names)
  throw new UserError(error.message, {
    code: 'no-queue',
    hint: meant === undefined ? error.hint : `Did you mean ${meant}?`,
    cause: error,
  })
}
