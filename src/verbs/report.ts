import type { Verified } from '../brokers/kafka/verify/verify-copy.js'
import type { ReportRequest } from '../commands/requests.js'
import type { Envelope } from '../core/envelope.js'
import { foldAll, type RunSoFar } from '../core/fold.js'
import type { DrainPlan } from '../core/plan.js'
import { toEnvelope } from '../core/to-envelope.js'
import { EXIT, type ExitCode, SpillwayError } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { toPrettyJson } from '../present/json.js'
import { balanceSheet } from '../report/balance-sheet.js'
import { commandsText } from '../report/commands-text.js'
import { statusText } from '../report/status-text.js'
import { timeline } from '../report/timeline.js'
import { originalsNow } from './report/originals-now.js'
import { verifyRun } from './report/verify.js'
import { verifiedDocument, verifiedText } from './report/words.js'
import { linksOf, type OpenedRun, openKnownRun } from './restore/opened.js'
import { originalsInWords } from './run/originals.js'

/** Balance sheet and timeline of a run; with `--verify` the target read back. Sets `io.exitCode`. */
export async function report(request: ReportRequest, io: Io, present: Presentation): Promise<void> {
  const opened = await openKnownRun(request.run, io)
  const state = await foldAll(opened.folder.events())
  const seen = await look(request, { ...opened, state }, { io, present })
  const told = { ...opened, state, ...seen, envelope: await envelopeOf(opened, state, { ...seen, now: io.now() }) }
  io.out.write(present.format === 'json' ? await documentOf(told, request) : await textOf(told, request))
  io.exitCode = exitOf(told)
}

/** What the clusters say, as far as they were asked and answered. */
type Seen = { readonly originals: string; readonly verified?: Verified; readonly warning?: string }
type Told = OpenedRun & Seen & { readonly state: RunSoFar; readonly envelope: Envelope }

/** A report needs no cluster, only its ORIGINALS line is better with one; `--verify` does need them. */
async function look(
  request: ReportRequest,
  { plan, folder, state }: OpenedRun & { state: RunSoFar },
  where: { io: Io; present: Presentation },
): Promise<Seen> {
  try {
    await using links = await linksOf(plan, request, where)
    const verified = request.verify ? await verifyRun({ plan, state, folder, links, ...where }) : undefined
    const originals = await originalsNow(plan, state, links)
    return verified === undefined ? { originals } : { originals, verified }
  } catch (error) {
    if (request.verify || !(error instanceof SpillwayError)) throw error
    const warning = `the lanes could not be looked at (${error.message}); unread is what was written to them`
    return { originals: originalsInWords(plan, state), warning }
  }
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
    ...(verified === undefined ? {} : { verified: verifiedDocument(verified) }),
    ...(request.commands ? { commands: commandsOf(plan) } : {}),
  })
}

const commandsOf = (plan: DrainPlan): string[] =>
  commandsText(plan)
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))

async function textOf({ plan, folder, state, envelope, verified }: Told, request: ReportRequest): Promise<string> {
  const parts = [
    statusText(envelope),
    balanceSheet(state),
    await timeline(folder.events()),
    ...(verified === undefined ? [] : [verifiedText(verified)]),
    ...(request.commands ? [commandsText(plan)] : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function exitOf({ envelope, verified }: Told): ExitCode {
  if (!envelope.balanced || verified?.matches === false) return EXIT.failed
  return envelope.ledger.parked > 0n ? EXIT.left : EXIT.complete
}
