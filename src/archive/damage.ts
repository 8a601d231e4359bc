import type { RunError } from '../errors.js'

/** Where an archive is not as it was written: path within it, and the first byte. */
export type Damage = { readonly file: string; readonly byte: number; readonly why: string }

/** A RunError `archive-damaged` names file and byte in its one detail. */
export function damageOf({ details }: RunError): Damage {
  const [{ at = '', message = '' } = {}] = details
  const colon = at.lastIndexOf(':')
  return { file: at.slice(0, colon), byte: Number(at.slice(colon + 1)), why: message }
}
