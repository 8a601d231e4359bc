import { UserError } from '../errors.js'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads `120s`, `1h30m`, `500ms`, `2d` into milliseconds. A bare number is refused: the unit is never guessed. */
export const parseDuration = (text: string): number => {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy)]
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text)
    throw new UserError(`"${text}" is not a duration`, {
      hint: 'Write a number with a unit: 500ms, 120s, 10m, 1h30m, 2d.',
    })
  return parts.reduce((sum, part) => sum + Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? 0), 0)
}
