import { suggestion } from '../core/did-you-mean.js'
import { PLACES, writtenCommand } from './command-text.js'
import type { CommandText, Condition, Problem, Runbook, Step } from './runbook.js'

/** What is wrong between the parts of a runbook: unknown values, gates that are missing, a "no" that changes something. */
export function findProblems({ parameters, steps }: Runbook): readonly Problem[] {
  const kept: string[] = []
  const given = parameters.map(({ name }) => name)
  const names: string[] = []
  return steps.flatMap(step => {
    const known = [...given, ...kept]
    const own = step.keep.map(({ name }) => name)
    const problems = [
      ...unknownIn(step, known, own),
      ...promises(step),
      ...changesInReading(step),
      ...(step.name === '' || names.includes(step.name)
        ? [{ line: step.line, message: `two steps are named "${step.name}"` }]
        : []),
      ...step.keep
        .filter(({ name }) => known.includes(name))
        .map(({ name, line }) => ({ line, message: `${name} is taken already: keep it under another name` })),
    ]
    names.push(step.name)
    kept.push(...own)
    return problems
  })
}

function unknownIn(step: Step, known: readonly string[], own: readonly string[]): Problem[] {
  const commands = [step.command, step.gate?.command].filter(each => each !== undefined)
  // What comes after the step may use what it keeps.
  const later = [step.again, step.wayBack?.command].filter(each => each !== undefined)
  const places = [
    ...commands.flatMap(command => unknownOf(command, known)),
    ...later.flatMap(command => unknownOf(command, [...known, ...own])),
    ...(step.gate?.conditions ?? []).flatMap(condition => unknownValue(condition, known)),
    ...step.expect.flatMap(condition => unknownValue(condition, [...known, ...own])),
    ...unknownInText(wordsOf(step), step.line, [...known, ...own]),
  ]
  return places.map(({ line, name, from }) => ({
    line,
    message: `nothing gives \${${name}} a value here. ${suggestion(name, from, 'values')}`,
  }))
}

// A way back that is one command is looked at above.
const wordsOf = ({ lookAt = '', wayBack }: Step): string =>
  `${lookAt} ${wayBack?.command === undefined ? (wayBack?.text ?? '') : ''}`

type Unknown = { readonly line: number; readonly name: string; readonly from: readonly string[] }

const unknownOf = ({ names, line }: CommandText, from: readonly string[]): Unknown[] =>
  names.filter(name => !from.includes(name)).map(name => ({ line, name, from }))

const unknownInText = (text: string, line: number, from: readonly string[]): Unknown[] =>
  [...text.matchAll(PLACES)].flatMap(([, name = '']) => (from.includes(name) ? [] : [{ line, name, from }]))

const unknownValue = (condition: Condition, from: readonly string[]): Unknown[] =>
  condition.kind === 'compare' ? unknownInText(condition.value, condition.line, from) : []

/** What a step that changes something must bring along; and what means nothing in one that a person does. */
function promises({ changes, command, gate, wayBack, line, expect, keep }: Step): Problem[] {
  const needs = (message: string) => [{ line, message }]
  return [
    ...(changes && command && gate === undefined ? needs('it changes something, so it needs a `Gate:`') : []),
    ...(changes && wayBack === undefined ? needs('it changes something, so it needs a `Way back:` (or `none`)') : []),
    ...(command === undefined && expect.length > 0
      ? needs('`Expect:` looks at the output of a command, and there is none: use `Gate:`')
      : []),
    ...(command === undefined && keep.length > 0 ? needs('`Keep:` needs a command that prints JSON') : []),
  ]
}

const ACTS = /\bspillway\b.*\s--execute\b|\bspillway\s+(resume|pause|abort|set)\b/

/** Gates and steps that change nothing must not hold what acts. */
function changesInReading({ changes, command, gate }: Step): Problem[] {
  const reading = [
    ...(changes || command === undefined ? [] : [command]),
    ...(gate === undefined ? [] : [gate.command]),
  ]
  return reading
    .filter(each => ACTS.test(writtenCommand(each)))
    .map(({ line }) => ({ line, message: 'this command acts: a gate, or a step with `Changes: no`, only reads' }))
}
