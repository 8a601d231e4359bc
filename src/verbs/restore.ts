import { setTimeout as sleep } from 'node:timers/promises'
import type { RestoreRequest } from '../commands/requests.js'
import { defined } from '../core/defined.js'
import { parseFailpoint } from '../core/failpoint.js'
import { Refusal } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { confirm } from '../present/confirm.js'
import { classify } from '../present/error.js'
import { carryOutRestore, carryOutUndo, fenceRunners, takeClaimOff, type Work } from './restore/carry-out.js'
import { type Facts, lookAtRun } from './restore/facts.js'
import { linksOf, openKnownRun } from './restore/opened.js'
import { refusalsOfRestore, warningsOfRestore } from './restore/refuse-restore.js'
import { refusalsOfUndo } from './restore/refuse-undo.js'
import { type Shown, show } from './restore/show.js'

/** A refusal that may clear by itself is looked at again this often. */
const POLL_MS = 1000

type Where = { readonly io: Io; readonly present: Presentation }

/** Takes everything temporary of a run away, or with `--undo` gives the backlog back. Sets `io.exitCode`. */
export async function restore(request: RestoreRequest, io: Io, present: Presentation): Promise<void> {
  parseFailpoint(io.env.SPILLWAY_FAILPOINT)
  const { folder, plan } = await openKnownRun(request.run, io)
  if (request.execute) await folder.claim({ takeOver: request.takeOver })
  await using _held = folder
  await using links = await linksOf(plan, request, { io, present })
  const confirmed = request.yes || request.noGrouplessReaders || io.interactive
  const { lanesGroup } = request
  const look = (stable = false) =>
    lookAtRun({ plan, folder, links, claimed: request.execute, confirmed, lanesGroup, stable })
  const how = request.undo ? 'undo' : 'restore'
  const work: Work = { plan, folder, links, how, now: io.now, reason: request.reason }
  await (request.execute
    ? execute(request, { work, look }, { io, present })
    : dryRun(how, await look(), { io, present }))
}

const isDone = ({ state }: Facts, how: Shown['how']): boolean =>
  state.restored?.how === how && state.restored.done && (how === 'restore' || state.ending?.kind === 'undone')

function shown(facts: Facts, how: Shown['how']): Omit<Shown, 'stage'> {
  if (isDone(facts, how)) return { facts, how, refusals: [], warnings: [] }
  const refusals = how === 'undo' ? refusalsOfUndo(facts) : refusalsOfRestore(facts)
  return { facts, how, refusals, warnings: how === 'undo' ? [] : warningsOfRestore(facts) }
}

function dryRun(how: Shown['how'], facts: Facts, where: Where): void {
  show({ ...shown(facts, how), stage: isDone(facts, how) ? 'done' : 'planned' }, where)
}

type Doing = { readonly work: Work; readonly look: (stable?: boolean) => Promise<Facts> }

async function execute(request: RestoreRequest, { work, look }: Doing, where: Where): Promise<void> {
  const { how } = work
  let told = shown(await waited(request, { work, look }, where), how)
  if (isDone(told.facts, how)) return showAgain(told, { work, look }, where)
  refuse(told, where)
  await ask(request, told.facts, where)
  try {
    if (how === 'undo') {
      await fenceRunners(work)
      told = shown(await look(true), how)
      refuse(told, where)
      await carryOutUndo(work, told.facts)
    } else await carryOutRestore(work, told.facts)
    const { topic: deleted } = told.facts.lanes
    show({ ...told, facts: await look(), stage: 'done', ...defined({ deleted }) }, where)
  } catch (error) {
    if (!(error instanceof Refusal)) show({ ...told, stage: 'failed', error: classify(error, where.io.soft) }, where)
    throw error
  }
}

/** What was done before; a claim that a live group kept then goes now. */
async function showAgain(told: Omit<Shown, 'stage'>, { work, look }: Doing, where: Where): Promise<void> {
  const { how } = work
  const left = how === 'restore' && told.facts.source.lanes.some(lane => lane.claimedBy === work.plan.run)
  if (left) await takeClaimOff(work, told.facts)
  show({ ...told, facts: left ? await look() : told.facts, stage: 'done' }, where)
}

/** The facts once nothing refuses it any more, or once `--wait` is over. */
async function waited(request: RestoreRequest, { work, look }: Doing, { io, present }: Where): Promise<Facts> {
  let facts = await look()
  for (const until = Date.now() + request.waitMs; Date.now() < until; facts = await look()) {
    const [first] = shown(facts, work.how).refusals
    if (first === undefined) return facts
    if (!present.quiet) io.err.write(`waiting: ${first}\n`)
    await sleep(POLL_MS, undefined, { signal: io.soft })
  }
  return facts
}

function refuse(told: Omit<Shown, 'stage'>, where: Where): void {
  const [first, ...rest] = told.refusals
  if (first === undefined) return
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`
  const error = new Refusal(`Refused: ${first}${more}`, {
    hint: 'Nothing was changed. Leave --execute out to see the whole plan; --wait 120s polls until it has cleared.',
    details: told.refusals.map(message => ({ message })),
  })
  show({ ...told, stage: 'refused', error }, where)
  throw error
}

async function ask(request: RestoreRequest, { plan, lanes, state }: Facts, { io }: Where): Promise<void> {
  if (!io.interactive || request.yes || state.restored !== undefined) return
  if (!request.undo) return confirm(io, `Delete ${plan.targetTopic}, with nothing unread in it?`, false)
  if (request.noGrouplessReaders) return confirm(io, `Give the backlog back to ${plan.group}?`, false)
  const question = `Give ${lanes.unread} messages back to ${plan.group}? That doubles what readers without a group (assign(), kcat, mirrors) have taken from ${plan.targetTopic}; you say that there are none.`
  return confirm(io, question, false)
}
