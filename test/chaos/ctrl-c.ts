import { setTimeout as sleep } from 'node:timers/promises'
import { fraction, type Random } from '../../src/lab/fill/random.js'
import type { Ended } from './processes.js'
import type { Blow } from './scene.js'

/** A second one abandons what is in hand. */
const TWICE = 1 / 3
const MOST_BETWEEN_MS = 200

/** Ctrl-C, and sometimes a second one soon after, in one of so many copies: the run stops in order (130) and is resumed. */
export const stopping = (random: Random, when: Pick<Blow, 'every' | 'early'>): Blow => ({
  name: 'stopped by Ctrl-C',
  ...when,
  async strike({ signal }) {
    signal('SIGINT')
    if (fraction(random()) > TWICE) return
    await sleep(MOST_BETWEEN_MS * fraction(random()))
    signal('SIGINT')
  },
  survived,
})

/** Before it has begun to listen, the signal ends it like any other process. */
function survived({ code, signal, out }: Ended): boolean {
  if (signal === 'SIGINT') return true
  return code === 130 && (out === '' || isInOrder(JSON.parse(out)))
}

/** An envelope of a run that stopped; or the error alone where none began. */
const isInOrder = ({ state, balanced }: { state?: string; balanced?: boolean }): boolean =>
  state === undefined || (state === 'stopped' && balanced === true)
