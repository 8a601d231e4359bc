import { deleteLane } from '../../../brokers/rabbitmq/admin/delete-lane.js'
import type { RunEvent } from '../../../core/event.js'
import { failpoint } from '../../../core/failpoint.js'
import type { Rate } from '../../../core/plan.js'
import { namesOf } from '../../../core/plan-names.js'
import type { Signals } from '../../../core/pump.js'
import type { QueuePlan } from '../../../core/queue-plan.js'
import { Refusal } from '../../../errors.js'
import type { RunFolder } from '../../../journal/run-folder.js'
import type { How } from '../../restore/outlook.js'
import { counted } from '../../restore/words.js'
import type { RabbitLinks } from '../links.js'
import { type QueueFacts, unreadIn } from './facts.js'
import { giveBack } from './give-back.js'

/** A run that this process has claimed, and what to tell its journal. */
export type Work = {
  readonly plan: QueuePlan
  readonly folder: RunFolder
  readonly links: RabbitLinks
  readonly how: How
  readonly now: () => Date
  readonly signals: Signals
  /** `--rate`: of an undo, all lanes together. */
  readonly rate?: Rate | undefined
  /** `--reason`. */
  readonly reason?: string | undefined
}

type Step = (RunEvent & { type: 'restored' })['step']

const note = ({ folder, how, now }: Work, step: Step, what: string): Promise<void> =>
  folder.append({ type: 'restored', at: now().toISOString(), how, step, what })

/** Nothing is left to be read: the temporary queues go. May be repeated after a kill. Throws Refusal where one is not empty any more. */
export async function carryOutRestore(work: Work, { lanes }: QueueFacts): Promise<void> {
  await begin(work, `begun, ${unreadIn(lanes)} unread in ${namesOf(work.plan).target}`)
  await deleteLanes(work)
  await note(work, 'done', 'nothing temporary is left; the originals may start')
}

/** The backlog goes back behind what is in the source now; then the empty queues go. May be repeated after a kill. */
export async function carryOutUndo(work: Work, facts: QueueFacts): Promise<void> {
  const { plan, folder, now } = work
  await begin(work, `begun, ${unreadIn(facts.lanes)} copies in ${namesOf(plan).target}`)
  const moved = await giveBack(work, facts)
  await note(work, 'messages', `${moved} messages are back in ${plan.queue}`)
  await deleteLanes(work)
  await note(work, 'done', `the backlog is back in ${plan.queue}; the originals may start`)
  await folder.append({ type: 'ended', at: now().toISOString(), ending: { kind: 'undone' } })
}

const begin = (work: Work, what: string): Promise<void> =>
  note(work, 'begun', work.reason === undefined ? what : `${what} (${work.reason})`)

async function deleteLanes(work: Work): Promise<void> {
  const { plan, links } = work
  failpoint('before-delete-lanes')
  for (const name of plan.laneQueues) {
    const deletion = await deleteLane(links.link, name, plan.queueType)
    if (!deletion.gone) throw inUse(name, deletion.left)
  }
  failpoint('after-delete-lanes')
  await note(work, 'lanes', `deleted ${counted(plan.laneQueues.length, 'queue')} ${namesOf(plan).target}`)
}

const inUse = (name: string, left: string): Refusal =>
  new Refusal(`Queue ${name} was left: ${left}`, {
    code: 'lane-in-use',
    hint: 'Somebody uses it again. Stop them, work it off, then give the command again: it goes on where it stopped.',
  })
