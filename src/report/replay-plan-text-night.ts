import { gaugesInWords } from '../core/gauges.js'
import type { ReplayPlan } from '../core/replay-plan.js'
import { windowText } from '../core/window.js'
import { item } from './layout.js'

/** The hours of a nightly replay, and what makes it hold; nothing for one without either. */
export const nightLines = ({ window, gauges }: Pick<ReplayPlan, 'window' | 'gauges'>): string[] => [
  ...(window === undefined
    ? []
    : item(
        'Hours      ',
        `${windowText(window)}, the night of ${window.night}; at the end it stops, and a resume goes on.`,
      )),
  ...gaugesInWords(gauges ?? {}).flatMap(each => item('Holds      ', `while ${each}, or that cannot be told.`)),
]
