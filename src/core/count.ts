import { UserError } from '../errors.js'

const SCALE: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 }

/** Reads `500`, `5k`, `1.5M`, `1_000_000` or `1,000,000` into a whole number above zero. */
export const parseCount = (text: string): number => {
  const match = /^(\d+(?:[_,]\d{3})*(?:\.\d+)?)([kKmMgG]?)$/.exec(text)
  const value = match
    ? Number((match[1] ?? '').replace(/[_,]/g, '')) * (SCALE[(match[2] ?? '').toLowerCase()] ?? 1)
    : Number.NaN
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UserError(`"${text}" is not a whole number above zero`, { hint: 'Write 500, 5k or 1M.' })
  return value
}

/** Reads `20%` or `20` into 20. Above 100 is allowed: a backlog may more than double. */
export const parsePercent = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)%?$/.exec(text)
  if (!match) throw new UserError(`"${text}" is not a percentage`, { hint: 'Write 20%.' })
  return Number(match[1])
}
