import { typed } from '../core/later-verbs.js'
import { formatDuration } from '../core/quantity.js'
import type { WayOut } from '../core/survey.js'
import { formatEta } from './survey-text-answer.js'
import { beside } from './survey-text-layout.js'

/** The ways out, cheapest first: until when, what limits it, what it costs, what to type. */
export const waysText = (ways: readonly WayOut[]): string[] => [
  'WAYS OUT, cheapest first (until the backlog is handled)',
  ...ways.flatMap((way, i) => [
    beside(`${i + 1}. `, `${way.title}: ${formatEta(way.eta)}${way.losesFirst ? ' (MAY LOSE MESSAGES FIRST)' : ''}`),
    beside('   limit: ', way.eta.binding),
    ...(way.freshAfterSeconds === undefined
      ? []
      : [`   new messages on time again: after ${formatDuration(way.freshAfterSeconds)}`]),
    ...way.costs.map(cost => beside('   - ', cost)),
    `   $ ${typed(way.command)}`,
  ]),
]
