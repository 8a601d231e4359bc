import { type Detail, UserError } from '../../../errors.js'
import type { QueueRecipe } from './request.js'

type Rule = (recipe: QueueRecipe) => Detail | false

const MOST_BYTES = 16 * 1024 * 1024
const MOST_KEYS = 1_000_000
const MOST_PRIORITY = 255

const within = (
  name: 'messages' | 'size' | 'keys' | 'maxPriority' | 'maxLength' | 'ttlMs' | 'expirationMs',
  at: string,
  [least, most]: readonly [number, number],
): Rule => {
  return recipe => {
    const value = recipe[name]
    if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return false
    return { at, message: `must be a whole number from ${least} to ${most}` }
  }
}

const RULES: readonly Rule[] = [
  within('messages', '--records', [1, Number.MAX_SAFE_INTEGER]),
  within('size', '--size', [0, MOST_BYTES]),
  within('keys', '--keys', [1, MOST_KEYS]),
  within('maxPriority', '--max-priority', [1, MOST_PRIORITY]),
  within('maxLength', '--max-length', [0, Number.MAX_SAFE_INTEGER]),
  within('ttlMs', '--ttl', [0, 2 ** 32 - 1]),
  within('expirationMs', '--expiration', [0, 2 ** 32 - 1]),
  r => !(r.zipf >= 0 && r.zipf <= 10) && { at: '--zipf', message: 'must be from 0 to 10' },
  r => !(r.nullKeys >= 0 && r.nullKeys <= 1) && { at: '--null-keys', message: 'must be a share from 0 to 1' },
  r => r.spreadMs < 0 && { at: '--spread', message: 'must not be negative' },
  r =>
    r.maxPriority !== undefined &&
    r.queueType === 'quorum' && {
      at: '--max-priority',
      message: 'is for classic queues: quorum queues have no x-max-priority',
    },
]

/** Throws one UserError `usage` with all that is wrong with a recipe. */
export function checkQueueRecipe(recipe: QueueRecipe): void {
  const details = RULES.map(rule => rule(recipe)).filter(problem => problem !== false)
  if (details.length === 0) return
  const all = details.map(({ at, message }) => `${at} ${message}`).join('; ')
  throw new UserError(`This backlog cannot be made: ${all}`, { hint: 'See `spillway lab fill --help`.', details })
}
