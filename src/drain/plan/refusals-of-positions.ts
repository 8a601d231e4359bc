import { formatCount } from '../../core/quantity.js'
import type { Backlog } from '../../core/survey.js'
import type { DrainRefusal } from '../refusals.js'
import { neverCatchesUp } from './copy-time.js'
import type { Draft } from './draft.js'
import { withoutCommit } from './lanes.js'
import { resetOffsets } from './reset-offsets.js'

const KNOWN_CODECS = new Set(['none', 'gzip', 'snappy', 'lz4', 'zstd'])

/** Refusals because of where the group stands in the log, or of what can't be read there. */
export const positionRefusals = (survey: Backlog, draft: Pick<Draft, 'until' | 'rate'>): DrainRefusal[] => [
  ...beyondEnd(survey),
  ...uncommitted(survey),
  ...offline(survey),
  ...unknownCodec(survey),
  ...(neverCatchesUp(survey.total.growth, draft)
    ? [
        {
          code: 'never-catches-up',
          message: `--until ${draft.until} never ends: ${formatCount(survey.total.growth)} messages arrive a second, and --rate lets no more through`,
          hint: 'Raise --rate, or use --until now.',
          mayClear: false,
        },
      ]
    : []),
]

const beyondEnd = (survey: Backlog): DrainRefusal[] =>
  survey.lanes
    .filter(({ committed, end }) => committed !== undefined && BigInt(committed) > BigInt(end))
    .map(({ lane, committed, end }) => ({
      at: `partition ${lane}`,
      code: 'beyond-end',
      message: `The offset of ${survey.group.id}, ${committed}, lies beyond the end of the log, ${end}`,
      hint: `The topic was made anew or cut short; nothing says what was read. Set the offset to N: \`${resetOffsets(survey, lane, '--to-offset N')}\``,
      mayClear: false,
    }))

const uncommitted = (survey: Backlog): DrainRefusal[] =>
  withoutCommit(survey).map(({ lane, start, stableEnd }) => ({
    at: `partition ${lane}`,
    code: 'lane-without-commit',
    message: `${survey.group.id} has no offset here, and ${formatCount(BigInt(stableEnd) - BigInt(start))} messages lie in it`,
    hint: `Where its consumers would begin is their auto.offset.reset. Say it, with --to-latest or: \`${resetOffsets(survey, lane, '--to-earliest')}\``,
    mayClear: false,
  }))

const offline = ({ topic }: Backlog): DrainRefusal[] =>
  topic.offline.map(lane => ({
    at: `partition ${lane}`,
    code: 'offline',
    message: 'It has no leader: nothing in it can be read',
    hint: 'Bring its brokers back first.',
    mayClear: true,
  }))

const unknownCodec = ({ skew }: Backlog): DrainRefusal[] =>
  Object.keys(skew?.codecs ?? {})
    .filter(codec => !KNOWN_CODECS.has(codec))
    .map(codec => ({
      code: 'unknown-codec',
      message: `Records are compressed with ${codec}, which Spillway does not know`,
      hint: 'A newer Spillway may know it.',
      mayClear: false,
    }))
