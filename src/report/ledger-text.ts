import type { Deed, LedgerAnswer, LedgerEvent } from '../core/ledger-answer.js'
import { facts, item, time } from './layout.js'

const WORDS: Readonly<Record<Deed, string>> = {
  drained: 'drained',
  worked: 'handled',
  discarded: 'discarded',
  replayed: 'replayed',
  parked: 'parked',
  lost: 'lost',
  doubted: 'perhaps handled twice',
  'given-back': 'given back',
}

/** What `ledger` prints for one message, without colour, 80 columns: an entry an event, by time. */
export function ledgerText({ id, found, events, searched, notes }: LedgerAnswer): string {
  const runs = searched === 1 ? '1 run' : `${searched} runs`
  const head = found ? `${id}: found, ${runs} searched` : `${id}: not found for certain, ${runs} searched`
  return [head, ...events.flatMap(eventLines), ...notes.flatMap(note => item('note: ', note))].join('\n')
}

const eventLines = ({ at, run, verb, what, where, detail, certain }: LedgerEvent): string[] => [
  '',
  `${time(at)}  ${certain ? WORDS[what] : `may have been ${WORDS[what]}`}`,
  ...facts([
    ['  run', `${run} (${verb})`],
    ['  where', where],
    ['  detail', detail],
  ]),
]
