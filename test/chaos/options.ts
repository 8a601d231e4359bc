import { parseArgs } from 'node:util'
import type { Pairing } from './scene.js'

/** What a broker's chaos run takes on the command line, beside what all take. */
export type Form<P extends Pairing> = {
  readonly usage: string
  readonly defaults: { readonly kills: string; readonly records: string }
  /** The pairings that words name; all without words. */
  readonly pairings: (words: readonly string[]) => readonly P[]
  /** Further flags, each with a value. */
  readonly flags: readonly string[]
}

export type ChaosOptions<P extends Pairing = Pairing> = {
  readonly kills: number
  readonly seed: number
  readonly pairings: readonly P[]
  /** Messages of the larger sources. */
  readonly records: number
  /** The broker dies in one of so many copies; 0: never. */
  readonly brokerKills: number
  readonly bin: string
  /** Values of the form's own flags that were given. */
  readonly more: Readonly<Record<string, string | undefined>>
}

/** Reads the command line; undefined for --help. Throws on unknown flags, numbers that are none, and words that name nothing. */
export function readOptions<P extends Pairing>(argv: readonly string[], form: Form<P>): ChaosOptions<P> | undefined {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...argv],
    options: {
      kills: { ...text, default: form.defaults.kills },
      seed: text,
      mode: text,
      records: { ...text, default: form.defaults.records },
      'broker-kills': { ...text, default: '6' },
      bin: { ...text, default: 'bin/spillway.js' },
      help: { type: 'boolean', short: 'h', default: false },
      ...Object.fromEntries(form.flags.map(name => [name, text])),
    },
  })
  if (values.help) return undefined
  const chosen = form.pairings(values.mode?.split(',') ?? [])
  const number = (flag: string, given: string) => numberOf(flag, given, form)
  if (chosen.length === 0) throw new Error(`--mode ${values.mode} names nothing\n${form.usage}`)
  return {
    kills: number('--kills', values.kills),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : number('--seed', values.seed),
    pairings: chosen,
    records: number('--records', values.records),
    brokerKills: number('--broker-kills', values['broker-kills']),
    bin: values.bin,
    more: Object.fromEntries(form.flags.map(name => [name, textOf((values as Record<string, unknown>)[name])])),
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function numberOf(flag: string, text: string, { usage }: { usage: string }): number {
  const [, digits = '', k] = /^(\d+)(k?)$/.exec(text) ?? []
  if (digits === '') throw new Error(`${flag} ${text} is no number\n${usage}`)
  return Number(digits) * (k ? 1000 : 1)
}

/** Every mode with every source, or those that a word names: `key`, `lz4`, `none/lz4`. */
export function paired<P extends Pairing>(
  { modes, sources }: { readonly modes: object; readonly sources: object },
  words: readonly string[],
): readonly P[] {
  const all = Object.keys(modes).flatMap(mode => Object.keys(sources).map(source => ({ mode, source }) as P))
  const named = ({ mode, source }: P) => [mode, source, `${mode}/${source}`]
  return words.length === 0 ? all : all.filter(pairing => words.some(word => named(pairing).includes(word)))
}
