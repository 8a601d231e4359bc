import { parseArgs } from 'node:util'
import { type Pairing, pairings } from './sources.js'

export const USAGE = `npm run chaos:kafka -- [options]
  --kills 200       kill -9 of the drain, in all
  --seed N          the same moments and settings again; drawn, and printed, by default
  --mode WORDS      key, none, counting, a source (lz4, singles, aborts...), or both: none/lz4,key
  --records 200k    of the larger sources
  --broker-kills 6  kill -9 of the broker, in one of so many copies; 0 never
  --bin FILE        another build's bin/spillway.js`

export type ChaosOptions = {
  readonly kills: number
  readonly seed: number
  readonly pairings: readonly Pairing[]
  readonly records: number
  /** The broker dies in one of so many copies; 0: never. */
  readonly brokerKills: number
  readonly bin: string
}

/** Reads the command line. Throws on unknown flags, numbers that are none, and words that name nothing. */
export function readOptions(argv: readonly string[]): ChaosOptions | undefined {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...argv],
    options: {
      kills: { ...text, default: '200' },
      seed: text,
      mode: text,
      records: { ...text, default: '200k' },
      'broker-kills': { ...text, default: '6' },
      bin: { ...text, default: 'bin/spillway.js' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return undefined
  const chosen = pairings(values.mode?.split(',') ?? [])
  if (chosen.length === 0) throw new Error(`--mode ${values.mode} names nothing\n${USAGE}`)
  return {
    kills: number('--kills', values.kills),
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : number('--seed', values.seed),
    pairings: chosen,
    records: number('--records', values.records),
    brokerKills: number('--broker-kills', values['broker-kills']),
    bin: values.bin,
  }
}

function number(flag: string, text: string): number {
  const [, digits = '', k] = /^(\d+)(k?)$/.exec(text) ?? []
  if (digits === '') throw new Error(`${flag} ${text} is no number\n${USAGE}`)
  return Number(digits) * (k ? 1000 : 1)
}
