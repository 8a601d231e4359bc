import type { DiscardDraft } from '../plan.js'
import type { DiscardLook } from './options.js'

/** What the operator should know before typing the name; the gravest first. None of them refuses the run. */
export const discardWarnings = (look: DiscardLook, plan: DiscardDraft): readonly string[] => [
  ...forGood(plan),
  ...forAll(plan),
  ...prefix(plan),
  ...future(plan),
  ...uncounted(plan),
  ...unforeseen(look, plan),
  ...look.warnings,
]

const forGood = ({ archive, topic, how }: DiscardDraft): string[] => {
  if (archive !== undefined) return []
  if (how === 'offsets')
    return [`Nothing is kept: once retention has taken these records of ${topic}, nobody can send them again`]
  return [`Nothing is kept: what goes of ${topic} is gone for good, and no report can tell what it was`]
}

const forAll = ({ how, topic }: DiscardDraft): string[] =>
  how === 'delete-records'
    ? [`DeleteRecords takes the records of ${topic} from every group, and ends the undo of every drain of it`]
    : []

/** A prefix, never a selection: age decides where it ends, not what is in it. */
const prefix = ({ scope, system }: DiscardDraft): string[] => {
  if (scope.kind === 'all') return []
  return system === 'kafka'
    ? [
        'Each partition is cut at its first record that is not older, by the timestamps of the records; older ones behind it stay. A record without a timestamp stops the run (4)',
      ]
    : [
        'Age is the timestamp property. The run ends at the first message that is not older, and older ones behind it stay; the first message without that property stops it (4). Both stay where they are',
      ]
}

const future = ({ scope, plannedAt }: DiscardDraft): string[] =>
  scope.kind === 'until' && scope.before > plannedAt
    ? ['The time of --until is still to come: that is all that is there now, as --all']
    : []

/** Without an archive a topic is read only for the times of its records; else offsets are all that can be counted. */
const uncounted = ({ system, archive, scope }: DiscardDraft): string[] =>
  system === 'kafka' && archive === undefined && scope.kind === 'all'
    ? ['Nothing is read, so the ledger counts offsets: an upper bound of the messages (holes and markers are in it)']
    : []

const unforeseen = ({ bytes }: DiscardLook, { archive, expect }: DiscardDraft): string[] =>
  archive !== undefined && bytes === 0n && expect.messages > 0n
    ? ['How large these messages are is unknown, so the size of the archive is no forecast; the run holds at its floor']
    : []
