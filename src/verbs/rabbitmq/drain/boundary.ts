import { connect, type RabbitLink } from '../../../brokers/rabbitmq/link.js'
import { mayPass } from '../../../brokers/rabbitmq/work/reconnecting.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { RunError } from '../../../errors.js'
import { LanesBoundary } from '../../run/lanes-boundary.js'
import type { RabbitLinks } from '../links.js'
import { lanesOf, type Standing, unreadIn } from '../restore/facts.js'
import type { Draining } from './events.js'

/** The management API tells of unacked messages so late. Milliseconds. */
const API_LATE_MS = 11_000
/** Without it two looks this far apart say that the lanes are empty. Milliseconds. */
const APART_MS = 500

/** The boundary of a drain `--until lanes-empty`, with a connection of its own to look at the lanes, made anew when it is lost. */
export class QueueBoundary implements AsyncDisposable {
  readonly boundary: LanesBoundary
  readonly #links: RabbitLinks
  readonly #plan: QueuePlan
  readonly #soft: AbortSignal
  #link: RabbitLink | undefined
  #lanes: readonly Standing[] = []
  #emptySince: number | undefined

  constructor({ plan, links, gate, recorder, soft }: Pick<Draining, 'plan' | 'links' | 'gate' | 'recorder' | 'soft'>) {
    this.#links = links
    this.#plan = plan
    this.#soft = soft
    this.boundary = new LanesBoundary({
      run: plan.run,
      lanes: [plan.queue],
      gate,
      small: plan.laneQueues.length,
      look: async () => {
        const lag = Number(unreadIn(await this.#look()))
        return { lag, read: Number(recorder.state.ledger.written) - lag }
      },
      isWorked: async () => this.#lanes.some(({ consumers }) => consumers > 0),
      isEmpty: async ({ lag }) => this.#isEmpty(lag, performance.now()),
      mayPass,
    })
  }

  async #look(): Promise<readonly Standing[]> {
    const { run } = this.#plan
    if (this.#link === undefined || this.#link.lost.aborted)
      this.#link = await connect(this.#links.settings, `${run} lanes`, this.#soft)
    this.#lanes = await lanesOf({ ...this.#links, link: this.#link }, this.#plan)
    const gone = this.#lanes.filter(({ exists }) => !exists).map(({ name }) => name)
    if (gone.length === 0) return this.#lanes
    throw new RunError(`Temporary queues are gone while they were to be worked: ${gone.join(', ')}`, {
      code: 'lane-gone',
      hint: 'Find out who deleted them, and whether they were empty. The source has only what was not copied yet.',
    })
  }

  /** What somebody has taken and not acked only the management API tells, and late. */
  #isEmpty(lag: number, now: number): boolean {
    if (lag > 0) {
      this.#emptySince = undefined
      return false
    }
    this.#emptySince ??= now
    const isTold = this.#lanes.every(({ unacked }) => unacked !== undefined)
    return now - this.#emptySince >= (isTold ? API_LATE_MS : APART_MS)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link?.close()
  }
}
