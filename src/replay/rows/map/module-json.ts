import { Unmappable } from './unmappable.js'

/** A JSON text that goes into a value as it stands. */
export class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/**
 * What a module gives back as JSON: as JSON.stringify has it, but that a BigInt keeps all its digits, bytes are base64, JSON texts go as they are, and
 * what JSON has no word for is no null. Throws Unmappable, TypeError for a circle.
 */
export function moduleJson(value: unknown, at: string): string {
  if (value instanceof JsonText) return value.text
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Unmappable(`${at} is ${value}, which JSON has not`)
  if (typeof value === 'function' || typeof value === 'symbol') throw new Unmappable(`${at} is a ${typeof value}`)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if ('toJSON' in value && typeof value.toJSON === 'function') return moduleJson(value.toJSON(), at)
  if (Array.isArray(value))
    return `[${value.map((each, index) => (each === undefined ? 'null' : moduleJson(each, `${at}/${index}`))).join(',')}]`
  const members = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${moduleJson(each, `${at}/${name}`)}`).join(',')}}`
}
