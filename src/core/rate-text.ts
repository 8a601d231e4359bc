import { UserError } from '../errors.js'
import { parseCount } from './count.js'
import type { Rate } from './plan.js'
import { parseBytes } from './size.js'

/**
 * Reads `500`, `5k` or `1M` as messages a second, `10MB` or `4MiB` as bytes a second; `/s` may follow.
 * Zero is refused: to stop for a while there is `spillway pause RUN`.
 */
export const parseRate = (text: string): Rate => {
  const bare = text.replace(/\/s$/, '')
  if (/^0+(\.0+)?\D*$/.test(bare))
    throw new UserError('A rate of 0 would never end', { hint: 'To stop for a while, use `spillway pause RUN`.' })
  if (/b$/i.test(bare)) return { bytes: Number(parseBytes(bare)) }
  try {
    return { messages: parseCount(bare) }
  } catch (cause) {
    throw new UserError(`"${text}" is not a rate`, {
      hint: 'Write 500 or 5k (messages a second), or 10MB (bytes a second).',
      cause,
    })
  }
}
