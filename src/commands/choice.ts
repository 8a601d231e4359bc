import { suggestion } from '../core/did-you-mean.js'
import { looksLikeTime } from '../core/zone.js'
import { UserError } from '../errors.js'

/** A parser for one of a few words. `timeHint` says where a time belongs instead, for flags that are easily mistaken. */
export const oneOf =
  <const T extends string>(choices: readonly T[], timeHint = '') =>
  (text: string): T => {
    const found = choices.find(choice => choice === text)
    if (found) return found
    if (timeHint && looksLikeTime(text)) throw new UserError(`"${text}" is a time`, { hint: timeHint })
    throw new UserError(`"${text}" is not one of ${choices.join(', ')}`, { hint: suggestion(text, choices, 'values') })
  }
