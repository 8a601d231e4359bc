import type { Step } from '../../core/plan.js'
import { replayCommand } from '../../core/plan-names.js'
import { formatCount } from '../../core/quantity.js'
import type { DiscardDraft } from '../plan.js'

const NO_UNDO = 'no undo: what is gone is gone'

/** What is done, in order, and how each step is taken back. */
export const stepsOf = (plan: DiscardDraft): readonly Step[] => [
  stop(plan),
  claim(plan),
  ...keep(plan),
  letGo(plan),
  ...freeDisk(plan),
  ...seal(plan),
  startOriginals(plan),
]

const step = (title: string, undo = '', undoUntil = ''): Step => ({ title, undo, undoUntil })

const stop = ({ system, group, topic }: DiscardDraft): Step =>
  step(
    `You stop the consumers of ${system === 'kafka' ? group : topic}, and what would start them again`,
    'start them',
    'until step 3 begins',
  )

const claim = ({ system, group, topic, expect }: DiscardDraft): Step =>
  system === 'kafka'
    ? step(
        `Claim ${group} on ${topic}: its commits carry the run until it is complete, and nobody joins it`,
        'stopping the run leaves the group where all before it is gone',
      )
    : step(
        `Lock ${topic}, and fix the end: ${formatCount(expect.messages)} messages`,
        'stopping the run gives back what is not acked',
      )

const keep = ({ archive, system, how }: DiscardDraft): Step[] => {
  if (archive === undefined || how === 'purge') return []
  const as = system === 'kafka' ? 'its record batches as they came' : 'its messages as they came, compressed'
  return [step(`Write ${as} to ${archive.folder}, with an index, and sync that before anything is let go`)]
}

const letGo = (plan: DiscardDraft): Step => {
  const { group, topic, how, archive, expect } = plan
  const back = archive === undefined ? NO_UNDO : `${replayCommand(plan)} (behind what is there by then)`
  const count = `${expect.messagesIsUpperBound ? 'up to ' : ''}${formatCount(expect.messages)}`
  switch (how) {
    case 'offsets':
      return step(
        `Move the offsets of ${group} past ${count} messages of ${topic}`,
        'set them back to where they stand now, listed below, by kafka-consumer-groups.sh --reset-offsets',
        'while the topic keeps the records',
      )
    case 'delete-records':
      return step(
        `Move the offsets of ${group} past ${count} messages of ${topic}`,
        'set them back to where they stand now, listed below',
        'until the next step begins',
      )
    case 'ack':
      return step(`Consume ${count} messages of ${topic} and ack them`, back)
    case 'purge':
      return step(`Purge ${topic}: what is ready by then goes at once, also what arrived since`, NO_UNDO)
    default:
      return how satisfies never
  }
}

const freeDisk = (plan: DiscardDraft): Step[] => {
  if (plan.how !== 'delete-records') return []
  const back = plan.archive === undefined ? NO_UNDO : `${replayCommand(plan)} (behind what is there by then)`
  return [step(`Delete the records of ${plan.topic} up to there (DeleteRecords), for every group; then measure`, back)]
}

const seal = ({ archive, how }: DiscardDraft): Step[] =>
  archive === undefined || how === 'purge'
    ? []
    : [step('Seal the archive: a digest of each file, and an index that is quick to search')]

const startOriginals = ({ system, group, topic }: DiscardDraft): Step =>
  step(
    `You start the consumers of ${system === 'kafka' ? group : topic} once the run is complete`,
    'stop them',
    'at any time',
  )
