import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a run says of itself, in the JSON that a command has printed. */
export type Envelope = {
  readonly run: string
  readonly state: string
  readonly ledger: { readonly [name in 'read' | 'written' | 'parked' | 'dropped']: string | number }
  readonly balanced: boolean
  readonly duplicatesAtMost: string | number
}

type Facts = Readonly<Record<string, unknown>>

/** One line for each fact that is not as wanted; all are compared as text. Pure. */
export const differences = (of: string, found: Facts, wanted: Facts): string[] =>
  Object.entries(wanted)
    .filter(([name, value]) => String(found[name]) !== String(value))
    .map(([name, value]) => `${of}: ${name} is ${found[name]}, should be ${value}`)

/** The plan of a run, from its folder. */
export const readPlan = async <Plan>(home: string, run: string): Promise<Plan> =>
  JSON.parse(await readFile(join(home, 'runs', run, 'plan.json'), 'utf8'))
