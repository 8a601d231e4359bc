import type { LettingGo } from '../../core/discard-plan.js'
import type { DiscardDraft } from '../plan.js'
import type { DiscardLook } from './options.js'

/** What is freed, in words that begin with `frees`. */
export const freesInWords = ({ frees, system }: DiscardLook, how: LettingGo): string => {
  if (frees !== undefined) return frees.words
  if (how === 'offsets')
    return 'frees 0 bytes: moving the offsets of a group deletes nothing; the records stay on the brokers until retention takes them, unless --free-disk deletes them'
  return system === 'kafka'
    ? 'frees what the brokers delete in whole segments, soon after; how much is unknown'
    : 'frees what these messages take on the nodes of the queue, as they are acked'
}

/** What there may be twice after a crash, in words. */
export const duplicatesInWords = ({ system, archive, how }: DiscardDraft): string => {
  const sent = '0: nothing is sent anywhere'
  if (archive === undefined || how === 'purge') return sent
  return system === 'kafka'
    ? `${sent}; what a crash leaves in the archive beyond the group's position is cut off when the run is resumed`
    : `${sent}; what comes again after a crash is known by the archive and not kept twice, but for messages that are alike byte for byte, which the report counts`
}
