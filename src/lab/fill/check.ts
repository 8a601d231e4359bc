import { type Detail, UserError } from '../../errors.js'
import type { Recipe } from './request.js'

type Rule = (recipe: Recipe) => Detail | false

const share = (name: 'nullKeys' | 'emptyKeys' | 'nullValues' | 'readShare' | 'aborts', at: string): Rule => {
  return recipe => !(recipe[name] >= 0 && recipe[name] <= 1) && { at, message: 'must be a share from 0 to 1' }
}

const whole = (name: 'records' | 'partitions' | 'keys' | 'size' | 'replication', at: string, least: number): Rule => {
  return recipe =>
    !(Number.isSafeInteger(recipe[name]) && recipe[name] >= least) && {
      at,
      message: `must be a whole number from ${least}`,
    }
}

const RULES: readonly Rule[] = [
  whole('records', '--records', 1),
  whole('partitions', '--partitions', 1),
  whole('replication', '--replication', 1),
  whole('keys', '--keys', 1),
  whole('size', '--size', 12),
  share('nullKeys', '--null-keys'),
  share('emptyKeys', '--empty-keys'),
  share('nullValues', '--null-values'),
  share('readShare', '--read-share'),
  share('aborts', '--aborts'),
  r => r.nullKeys + r.emptyKeys > 1 && { at: '--empty-keys', message: 'null and empty keys together pass 1' },
  r => r.aborts === 1 && { at: '--aborts', message: 'must be below 1, or the fill never ends' },
  r => r.compacted && r.nullKeys > 0 && { at: '--null-keys', message: 'a compacted topic takes no null keys' },
  r => r.keys > 10_000_000 && { at: '--keys', message: 'must be at most 10000000' },
  r => !(r.zipf >= 0 && r.zipf <= 10) && { at: '--zipf', message: 'must be from 0 to 10' },
  r => !(r.headers >= 0 && r.headers <= 64) && { at: '--headers', message: 'must be from 0 to 64' },
  r => r.size > 64 * 1024 * 1024 && { at: '--size', message: 'must be at most 64 MiB' },
  r =>
    r.batch !== 'single' &&
    !(r.batch >= 512 && r.batch <= 64 * 1024 * 1024) && { at: '--batch', message: 'must be from 512 to 64 MiB' },
  r => r.readShare > 0 && r.group === undefined && { at: '--read-share', message: 'needs --group' },
  r => !(r.spreadMs >= 0) && { at: '--spread', message: 'must not be negative' },
]

/** Throws one UserError `usage` with all that is wrong with a recipe. */
export function checkRecipe(recipe: Recipe): void {
  const details = RULES.map(rule => rule(recipe)).filter(problem => problem !== false)
  if (details.length === 0) return
  const all = details.map(({ at, message }) => `${at} ${message}`).join('; ')
  throw new UserError(`This backlog cannot be made: ${all}`, { hint: 'See `spillway lab fill --help`.', details })
}
