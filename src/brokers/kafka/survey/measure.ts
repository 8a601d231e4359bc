import { formatAddress } from '../../../core/address.js'
import { defined } from '../../../core/defined.js'
import type { Backlog } from '../../../core/survey.js'
import type { Link } from '../link.js'
import { compose } from './compose.js'
import { gather } from './gather.js'

/** What to survey. `source` is the address without credentials; a default is made from the link. */
export type MeasureRequest = {
  readonly topic: string
  readonly group: string
  readonly windowMs: number
  /** Records sampled for sizes and key skew, at most; 0 takes none. */
  readonly sample: number
  readonly signal: AbortSignal
  readonly source?: string
  /** Gets the elapsed part of the window, 0–1. */
  readonly onProgress?: (elapsed: number) => void
}

/**
 * Measures a backlog over a window. Reads only: joins no group, commits nothing, creates nothing (not even the internal
 * topics that a question for a coordinator would make). Throws UserError `no-topic` or `permission`, BrokerError, and
 * the signal's reason when it aborts; lesser facts that are refused become warnings.
 */
export const measureBacklog = async (link: Link, request: MeasureRequest): Promise<Backlog> =>
  compose(link, { ...request, source: request.source ?? sourceOf(link, request) }, await gather(link, request))

const sourceOf = ({ settings }: Link, { topic, group }: MeasureRequest): string =>
  formatAddress({ kind: 'kafka', brokers: settings.brokers, topic, group, ...defined({ cluster: settings.name }) })
