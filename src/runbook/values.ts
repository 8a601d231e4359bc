import { suggestion } from '../core/did-you-mean.js'
import { type Detail, UserError } from '../errors.js'
import type { Value } from './command-text.js'
import type { Parameter, Runbook } from './runbook.js'
import { splitWords } from './words.js'

/** What a runbook is filled in with. */
export type Filling = {
  /** By parameter, as given or recorded; defaults are added. */
  readonly given: ReadonlyMap<string, string>
  /** Values that earlier steps kept. */
  readonly kept: ReadonlyMap<string, string>
  /** The first step that runs, from 1: what only steps before it use may be missing. */
  readonly from: number
}

/** Every value that is known before the first step. Throws a UserError that names all that are missing or wrong. */
export function valuesOf(runbook: Runbook, filling: Filling): ReadonlyMap<string, Value> {
  const details: Detail[] = unknownNames(runbook, filling)
  const values = new Map<string, Value>()
  for (const parameter of runbook.parameters) {
    const text = filling.given.get(parameter.name) ?? parameter.default
    const value = text === undefined ? missing(parameter) : read(parameter, text)
    if (value instanceof UserError) details.push({ at: parameter.name, message: `${value.message}. ${value.hint}` })
    else values.set(parameter.name, value)
  }
  for (const name of keptUpTo(runbook, filling.from)) {
    const value = filling.given.get(name) ?? filling.kept.get(name)
    if (value !== undefined) values.set(name, value)
  }
  for (const name of keptUpTo(runbook, filling.from - 1))
    if (!values.has(name) && usedFrom(runbook, filling.from).includes(name))
      details.push({ at: name, message: lostHint(runbook, name) })
  if (details.length === 0) return values
  throw new UserError(
    details.length === 1 ? 'A value is missing or wrong' : `${details.length} values are missing or wrong`,
    {
      hint: 'Nothing was started. `spillway runbook show NAME` says what each is for.',
      details,
    },
  )
}

// The step that is carried on has kept its own already, where it was begun.
const keptUpTo = ({ steps }: Runbook, last: number): readonly string[] =>
  steps.filter(({ number }) => number <= last).flatMap(({ keep }) => keep.map(({ name }) => name))

const usedFrom = ({ steps }: Runbook, from: number): readonly string[] =>
  steps
    .filter(({ number }) => number >= from)
    .flatMap(step => [...(step.command?.names ?? []), ...(step.gate?.command.names ?? [])])

function unknownNames(runbook: Runbook, { given, from }: Filling): Detail[] {
  const known = [...runbook.parameters.map(({ name }) => name), ...keptUpTo(runbook, from)]
  return [...given.keys()]
    .filter(name => !known.includes(name))
    .map(name => ({ at: name, message: `the runbook has no such parameter. ${suggestion(name, known, 'parameters')}` }))
}

const missing = ({ name, what, example }: Parameter): UserError =>
  new UserError(`it is missing: ${what}`, {
    hint: `Give --set ${name}=${example?.includes(' ') ? `'${example}'` : example}`,
  })

const lostHint = ({ steps }: Runbook, name: string): string => {
  const step = steps.find(({ keep }) => keep.some(each => each.name === name))
  return `it comes from step ${step?.number} (${step?.name}), which is left out. Give --set ${name}=VALUE, or --record ID.`
}

function read(parameter: Parameter, text: string): Value | UserError {
  try {
    return parameter.words ? splitWords(text) : oneWord(text)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error
  }
}

// It is quoted, so no shell takes it for more than a word; but the command itself would take it for a flag.
function oneWord(text: string): string {
  if (!text.startsWith('-')) return text
  throw new UserError(`"${text}" would be taken for a flag`, { hint: 'This parameter is one word that is no flag.' })
}
