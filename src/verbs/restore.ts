import { setTimeout as sleep } from 'node:timers/promises'
import type { RestoreRequest } from '../commands/requests.js'
import { parseFailpoint } from '../core/failpoint.js'
import type { DrainPlan } from '../core/plan.js'
import { isKafkaPlan, undoCommand } from '../core/plan-names.js'
import { Refusal, UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { confirm } from '../present/confirm.js'
import { classify } from '../present/error.js'
import { openKnownDrain } from './restore/opened.js'
import { isDone, type Outlook } from './restore/outlook.js'
import { type Showing, show } from './restore/show.js'
import { told } from './runs/told.js'
import { systemFor, type Where } from './system.js'

/** A refusal that may clear by itself is looked at again this often. */
const POLL_MS = 1000

/** Takes everything temporary of a run away, or with `--undo` gives the backlog back. Sets `io.exitCode`. */
export async function restore(request: RestoreRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  const { folder, plan } = await openKnownDrain(request.run, io)
  const where = { io, present }
  await told(folder, where, async () => assertRate(request, plan))
  if (request.execute) await told(folder, where, () => folder.claim({ takeOver: request.takeOver }))
  await using _held = folder
  await using ends = await told(folder, where, async () => (await systemFor(plan)).connect(plan, request, where))
  await told(folder, where, () => ends.assertSameCluster(plan))
  const how = request.undo ? ('undo' as const) : ('restore' as const)
  const look = () => ends.outlook({ plan, folder, how, now: io.now, signals: io, ...questionOf(request, io) })
  const showing = { plan, how, request, io, present }
  if (request.execute) return await execute(request, look, showing)
  const outlook = await look()
  show({ outlook, stage: isDone(outlook, how) ? 'done' : 'planned' }, showing)
}

/** Throws UserError where there is nothing whose rate could be limited. */
function assertRate({ rate, run }: RestoreRequest, plan: DrainPlan): void {
  if (rate === undefined || !isKafkaPlan(plan)) return
  throw new UserError('--rate: an undo of Kafka moves no messages, it sets the offsets of the group back at once', {
    code: 'usage',
    hint: `Leave it out: ${undoCommand(plan)}. What the originals read of run ${run} afterwards is limited by themselves.`,
  })
}

const questionOf = ({ execute, yes, noGrouplessReaders, lanesGroup, reason, rate }: RestoreRequest, io: Io) => ({
  claimed: execute,
  confirmed: yes || noGrouplessReaders || io.interactive,
  vouched: noGrouplessReaders,
  lanesGroup,
  reason,
  rate,
})

type Look = () => Promise<Outlook>

async function execute(request: RestoreRequest, look: Look, showing: Showing): Promise<void> {
  const { how, io } = showing
  let outlook = await waited(request, look, showing)
  if (isDone(outlook, how)) {
    const more = await outlook.catchUp()
    return show({ outlook: more ? await look() : outlook, stage: 'done' }, showing)
  }
  refuse(outlook, showing)
  await ask(request, outlook, showing)
  try {
    outlook = await outlook.secure()
    refuse(outlook, showing)
    await outlook.carryOut()
    show({ outlook: await look(), stage: 'done', before: outlook }, showing)
  } catch (error) {
    if (!(error instanceof Refusal)) show({ outlook, stage: 'failed', error: classify(error, io.soft) }, showing)
    throw error
  }
}

/** What it looks like once nothing refuses it any more, or once `--wait` is over. */
async function waited(request: RestoreRequest, look: Look, { io, present }: Where): Promise<Outlook> {
  let outlook = await look()
  for (const until = Date.now() + request.waitMs; Date.now() < until; outlook = await look()) {
    const [first] = outlook.refusals
    if (first === undefined) return outlook
    if (!present.quiet) io.err.write(`waiting: ${first}\n`)
    await sleep(POLL_MS, undefined, { signal: io.soft })
  }
  return outlook
}

function refuse(outlook: Outlook, showing: Showing): void {
  const [first, ...rest] = outlook.refusals
  if (first === undefined) return
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`
  const error = new Refusal(`Refused: ${first}${more}`, {
    hint: 'Nothing was changed. Leave --execute out to see the whole plan; --wait 120s polls until it has cleared.',
    details: outlook.refusals.map(message => ({ message })),
  })
  show({ outlook, stage: 'refused', error }, showing)
  throw error
}

async function ask(request: RestoreRequest, { question, state }: Outlook, { io }: Where): Promise<void> {
  if (!io.interactive || request.yes || state.restored !== undefined) return
  await confirm(io, question, false)
}
