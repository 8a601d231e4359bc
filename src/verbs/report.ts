import type { ReportRequest } from '../commands/requests.js'
import { type ByKind, byKind } from '../core/by-kind.js'
import type { Envelope } from '../core/envelope.js'
import { foldAll, type RunSoFar } from '../core/fold.js'
import type { DrainPlan, RunPlan } from '../core/plan.js'
import { isDrainPlan } from '../core/plan-names.js'
import { toEnvelope } from '../core/to-envelope.js'
import { EXIT, type ExitCode, SpillwayError, UserError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { toPrettyJson } from '../present/json.js'
import { statusText } from '../report/status-text.js'
import { timeline } from '../report/timeline.js'
import { type OpenedRun, openKnownRun } from './restore/opened.js'
import { originalsInWords } from './run/originals.js'
import { commandsFor } from './run/plan-text.js'
import { sheetOf } from './run/sheet.js'
import { told } from './runs/told.js'
import { type Ends, type Proof, systemFor, type Where } from './system.js'

/** Balance sheet and timeline of a run; with `--verify` the target read back. Sets `io.exitCode`. */
export async function report(request: ReportRequest, io: Io, present: Presentation): Promise<void> {
  const opened = await openKnownRun(request.run, io)
  const state = await foldAll(opened.folder.events())
  const seen = await told(opened.folder, { io, present }, () => look(request, { ...opened, state }, { io, present }))
  const all = { ...opened, state, ...seen, envelope: await envelopeOf(opened, state, { ...seen, now: io.now() }) }
  io.out.write(present.format === 'json' ? await documentOf(all, request) : await textOf(all, request))
  io.exitCode = exitOf(all)
}

/** What the clusters say, as far as they were asked and answered. */
type Seen = { readonly originals: string; readonly verified?: Proof; readonly warning?: string }
type Told = OpenedRun & Seen & { readonly state: RunSoFar; readonly envelope: Envelope }

/** A report needs no cluster, only its ORIGINALS line is better with one; `--verify` does need them. */
async function look(
  request: ReportRequest,
  { plan, folder, state }: OpenedRun & { state: RunSoFar },
  where: Where,
): Promise<Seen> {
  if (!isDrainPlan(plan)) {
    if (request.verify) throw cannotVerify(plan)
    return { originals: originalsInWords(plan, state) }
  }
  try {
    await using ends = await (await systemFor(plan)).connect(plan, request, where)
    await ends.assertSameCluster(plan)
    const verified = request.verify ? await ends.verify({ plan, state, folder, ...where }) : undefined
    const originals = await originalsNow(plan, state, ends)
    return verified === undefined ? { originals } : { originals, verified }
  } catch (error) {
    if (request.verify || !(error instanceof SpillwayError)) throw error
    const warning = `the lanes could not be looked at (${error.message}); unread is what was written to them`
    return { originals: originalsInWords(plan, state), warning }
  }
}

const cannotVerify = (plan: RunPlan): UserError => {
  const { message, hint } = byKind(plan, UNVERIFIABLE)
  return new UserError(message, { code: 'not-supported', hint })
}

const UNVERIFIABLE: ByKind<{ readonly message: string; readonly hint: string }> = {
  drain: ({ run }) => ({ message: 'This drain cannot be read back', hint: `See \`spillway report ${run}\`.` }),
  fanout: ({ run }) => ({
    message: 'What a handler did cannot be read back, so there is nothing to verify with',
    hint: `Ask the system behind the handler; \`spillway report ${run}\` has the counts to compare with.`,
  }),
  discard: ({ run, archive }) => ({
    message: 'A discard wrote to no broker that could be read back',
    hint:
      archive === undefined
        ? `It kept nothing; \`spillway report ${run} --commands\` prints what shows where the source stands.`
        : `Its archive vouches for itself: spillway archive verify ${run}.`,
  }),
  replay: ({ run }) => ({
    message: 'A replay sends to a topic or queue in which there is more, so it cannot be compared',
    hint: `\`spillway report ${run}\` has its counts, \`spillway ledger ID\` what became of one message.`,
  }),
}

/** The ORIGINALS line with what the lanes hold unread now. Throws what the cluster's answers throw. */
async function originalsNow(plan: DrainPlan, state: RunSoFar, ends: Ends): Promise<string> {
  if (state.restored?.done) return originalsInWords(plan, state)
  const unread = await ends.unread(plan, state)
  // An upper bound where time ran out before all was read; what was written is a better one.
  return unread === undefined || unread > state.ledger.written
    ? originalsInWords(plan, state)
    : originalsInWords(plan, state, unread)
}

async function envelopeOf({ plan, folder }: OpenedRun, state: RunSoFar, seen: Seen & { now: Date }): Promise<Envelope> {
  const { originals, warning, now } = seen
  const envelope = toEnvelope(plan, state, { alive: await folder.alive(), now, originals, refusals: [] })
  return warning === undefined ? envelope : { ...envelope, warnings: [...envelope.warnings, warning] }
}

async function documentOf({ plan, state, envelope, verified }: Told, request: ReportRequest): Promise<string> {
  const { notData, lost, doubted, steered, executions, restored } = state
  return toPrettyJson({
    ...envelope,
    report: { notData, lost, doubted, steered, executions, ...(restored === undefined ? {} : { restored }) },
    ...(verified === undefined ? {} : { verified: verified.document }),
    ...(request.commands ? { commands: commandsOf(plan) } : {}),
  })
}

const commandsOf = (plan: RunPlan): string[] =>
  commandsFor(plan)
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))

async function textOf({ plan, folder, state, envelope, verified }: Told, request: ReportRequest): Promise<string> {
  const parts = [
    statusText(envelope),
    sheetOf(plan, state),
    await timeline(folder.events()),
    ...(verified === undefined ? [] : [verified.text]),
    ...(request.commands ? [commandsFor(plan)] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function exitOf({ envelope, verified }: Told): ExitCode {
  if (!envelope.balanced || verified?.matches === false) return EXIT.failed
  return envelope.ledger.parked > 0n ? EXIT.left : EXIT.complete
}
