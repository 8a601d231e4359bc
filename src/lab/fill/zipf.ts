import { fraction, type Random } from './random.js'

/**
 * Draws indices 0 to n-1 by Zipf's law: index i with weight (i+1)^-exponent. Walker's alias table, as Vose fills it: one
 * look-up a draw, whatever n. https://www.keithschwarz.com/darts-dice-coins/
 */
export function zipf(n: number, exponent: number, random: Random): () => number {
  const { keep, alias } = table(weights(n, exponent))
  return () => {
    const i = Math.floor(fraction(random()) * n)
    return fraction(random()) < (keep[i] as number) ? i : (alias[i] as number)
  }
}

/** Weights scaled to an average of 1. */
function weights(n: number, exponent: number): Float64Array {
  const each = new Float64Array(n)
  let sum = 0
  for (let i = 0; i < n; i++) sum += each[i] = (i + 1) ** -exponent
  for (let i = 0; i < n; i++) each[i] = ((each[i] as number) * n) / sum
  return each
}

function table(weight: Float64Array): { keep: Float64Array; alias: Uint32Array } {
  const n = weight.length
  const alias = new Uint32Array(n)
  const small: number[] = []
  const large: number[] = []
  for (let i = 0; i < n; i++) ((weight[i] as number) < 1 ? small : large).push(i)
  while (small.length > 0 && large.length > 0) {
    const less = small.pop() as number
    const more = large.at(-1) as number
    alias[less] = more
    weight[more] = (weight[more] as number) - (1 - (weight[less] as number))
    if ((weight[more] as number) < 1) small.push(large.pop() as number)
  }
  for (const i of [...small, ...large]) weight[i] = 1
  return { keep: weight, alias }
}
