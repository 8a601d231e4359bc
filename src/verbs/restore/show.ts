import type { RestoreRequest } from '../../commands/requests.js'
import type { DrainPlan } from '../../core/plan.js'
import { namesOf } from '../../core/plan-names.js'
import { toEnvelope } from '../../core/to-envelope.js'
import type { SpillwayError } from '../../errors.js'
import { errorDocument } from '../../present/error.js'
import { toPrettyJson } from '../../present/json.js'
import { item } from '../../report/layout.js'
import { restoreAgain } from '../run/command-again.js'
import { originalsInWords } from '../run/originals.js'
import type { Where } from '../system.js'
import type { How, Outlook } from './outlook.js'

/** What a restore or an undo would do, or did. */
export type Shown = {
  readonly outlook: Outlook
  /** `planned`: a dry run. `done`: it is carried out, now or by an earlier command. */
  readonly stage: 'planned' | 'refused' | 'failed' | 'done'
  readonly error?: SpillwayError
  /** `done`: how it looked before this command did it. */
  readonly before?: Outlook
}

export type Showing = Where & {
  readonly plan: DrainPlan
  readonly how: How
  /** What was asked, for the command that does it. */
  readonly request: RestoreRequest
}

/** Prints it on standard output: as the run's envelope with what restore adds, or as text. */
export function show(shown: Shown, showing: Showing): void {
  const { io, present } = showing
  if (present.format === 'json') io.out.write(toPrettyJson(documentOf(shown, showing)))
  // In text the error itself says all; it goes to standard error.
  else if (shown.error === undefined) io.out.write(`${text(shown, showing)}\n`)
}

/** Of what is done, warnings and deletions are those that stood before it. */
const asDone = ({ outlook, stage, before }: Shown) => ({
  warnings: (before ?? outlook).warnings,
  deletes: stage === 'done' ? (before?.document.deletes ?? null) : outlook.document.deletes,
})

function documentOf(shown: Shown, { plan, how, io }: Showing) {
  const { outlook, stage, error } = shown
  const refusals = stage === 'done' ? [] : outlook.refusals
  const { warnings, deletes } = asDone(shown)
  const originals = originalsInWords(plan, outlook.state, outlook.unread)
  const envelope = toEnvelope(plan, outlook.state, { alive: outlook.held, now: io.now(), originals, refusals })
  return {
    ...envelope,
    warnings: [...new Set([...envelope.warnings, ...warnings])],
    restore: { how, stage, ...outlook.document, deletes },
    ...(error === undefined ? {} : { error: errorDocument(error, io.secrets) }),
  }
}

function text(shown: Shown, { plan, how, request }: Showing): string {
  const { outlook, stage, before } = shown
  const originals = `ORIGINALS: ${originalsInWords(plan, outlook.state, outlook.unread)}`
  const warned = asDone(shown).warnings.flatMap(warning => item('  ! ', warning))
  const headline = headlineOf(plan, how, stage)
  if (stage === 'done') return [headline, ...(before?.deletedWords ?? []), ...warned, '', originals].join('\n')
  const { refusals } = outlook
  return [
    headline,
    '',
    ...outlook.words,
    ...warned,
    '',
    ...(refusals.length === 0
      ? ['Nothing refuses it.']
      : ['With --execute it is refused, because', ...refusals.flatMap(refusal => item('  - ', refusal))]),
    '',
    originals,
    ...(refusals.length === 0 ? [`Do it:     ${restoreAgain(request, outlook.flags)}`] : []),
  ].join('\n')
}

function headlineOf(plan: DrainPlan, how: How, stage: Shown['stage']): string {
  if (stage !== 'done')
    return `${how === 'undo' ? 'UNDO' : 'RESTORE'} of run ${plan.run}: a dry run, nothing has changed`
  return how === 'undo'
    ? `UNDONE: run ${plan.run}; the backlog is back in ${namesOf(plan).source}, nothing temporary is left`
    : `RESTORED: run ${plan.run}; nothing temporary is left`
}
