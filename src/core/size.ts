import { UserError } from '../errors.js'

const POWER: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 }

/** Reads `500GB` (thousands), `10GiB` (1024s), `800B` or a bare number of bytes. */
export const parseBytes = (text: string): bigint => {
  const match = /^(\d+)(?:\.(\d+))?\s*([kmgtp]?)(i?)b?$/i.exec(text)
  if (!match) throw new UserError(`"${text}" is not a size`, { hint: 'Write 500GB, 10GiB, 64KB or a number of bytes.' })
  const [, whole = '0', fraction = '', prefix = '', binary = ''] = match
  const unit = (binary ? 1024n : 1000n) ** BigInt(POWER[prefix.toLowerCase()] ?? 0)
  return BigInt(whole) * unit + (BigInt(fraction || '0') * unit) / 10n ** BigInt(fraction.length)
}
