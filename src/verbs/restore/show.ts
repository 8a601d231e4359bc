import { toEnvelope } from '../../core/to-envelope.js'
import type { SpillwayError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import { errorDocument } from '../../present/error.js'
import { toPrettyJson } from '../../present/json.js'
import { item } from '../../report/layout.js'
import { originalsInWords } from '../run/originals.js'
import { deletesInWords, planInWords } from './describe.js'
import type { Facts } from './facts.js'
import { counted } from './words.js'

/** What a restore or an undo would do, or did. */
export type Shown = {
  readonly facts: Facts
  readonly how: 'restore' | 'undo'
  /** `planned`: a dry run. `done`: it is carried out, now or by an earlier command. */
  readonly stage: 'planned' | 'refused' | 'failed' | 'done'
  readonly refusals: readonly string[]
  readonly warnings: readonly string[]
  readonly error?: SpillwayError
  /** `done`: the topic that this command has deleted. */
  readonly deleted?: Topic
}

type Topic = NonNullable<Facts['lanes']['topic']>

type Where = { readonly io: Io; readonly present: Presentation }

/** Prints it on standard output: as the run's envelope with what restore adds, or as text. */
export function show(shown: Shown, { io, present }: Where): void {
  if (present.format === 'json') io.out.write(toPrettyJson(documentOf(shown, io)))
  // In text the error itself says all; it goes to standard error.
  else if (shown.error === undefined) io.out.write(`${text(shown)}\n`)
}

function documentOf(shown: Shown, io: Io) {
  const { facts, how, stage, refusals, error } = shown
  const { plan, state, lanes } = facts
  const envelope = toEnvelope(plan, state, {
    alive: facts.heldBy !== undefined,
    now: io.now(),
    originals: originalsOf(shown),
    refusals,
  })
  const topic = stage === 'done' ? shown.deleted : lanes.topic
  return {
    ...envelope,
    warnings: [...new Set([...envelope.warnings, ...shown.warnings])],
    restore: {
      how,
      stage,
      deletes: topic === undefined ? null : { topic: topic.name, partitions: topic.partitions },
      unread: lanes.unread,
      unreadExact: lanes.exact,
      lanesGroup: lanes.lanesGroup,
      group: plan.group,
      positions: how === 'undo' ? plan.lanes.map(({ lane, from }) => ({ lane, offset: from })) : [],
    },
    ...(error === undefined ? {} : { error: errorDocument(error, io.secrets) }),
  }
}

const originalsOf = ({ facts }: Shown): string => originalsInWords(facts.plan, facts.state, facts.lanes.unread)

function text(shown: Shown): string {
  const { facts, how, stage, refusals, warnings } = shown
  const { plan } = facts
  const originals = `ORIGINALS: ${originalsOf(shown)}`
  const warned = warnings.flatMap(warning => item('  ! ', warning))
  if (stage === 'done') return [headline(shown), ...deletedInWords(shown), ...warned, '', originals].join('\n')
  const flags = how === 'undo' ? '--undo --no-groupless-readers --execute' : '--execute'
  return [
    headline(shown),
    '',
    deletesInWords(facts),
    ...planInWords(facts, how),
    ...warned,
    '',
    ...(refusals.length === 0
      ? ['Nothing refuses it.']
      : ['With --execute it is refused, because', ...refusals.flatMap(refusal => item('  - ', refusal))]),
    '',
    originals,
    ...(refusals.length === 0 ? [`Do it:     spillway restore ${plan.run} ${flags}`] : []),
  ].join('\n')
}

const deletedInWords = ({ deleted }: Shown): string[] =>
  deleted === undefined ? [] : [`DELETED topic ${deleted.name} (${counted(deleted.partitions, 'partition')})`]

function headline({ facts: { plan }, how, stage }: Shown): string {
  if (stage !== 'done')
    return `${how === 'undo' ? 'UNDO' : 'RESTORE'} of run ${plan.run}: a dry run, nothing has changed`
  return how === 'undo'
    ? `UNDONE: run ${plan.run}; the backlog is back in ${plan.sourceTopic}, nothing temporary is left`
    : `RESTORED: run ${plan.run}; nothing temporary is left`
}
