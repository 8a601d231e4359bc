import { maskAddress } from '../core/address.js'
import { fillCommand, PLACES, type Value } from './command-text.js'
import type { Condition, Runbook, Step } from './runbook.js'

/** A step with its values filled in, as it would be typed. Passwords are masked: this is for showing, never for running. */
export type ChainStep = {
  readonly number: number
  readonly name: string
  readonly title: string
  readonly prose: string
  /** null where a person does it. */
  readonly command: string | null
  readonly again: string | null
  readonly changes: boolean
  readonly gate: { readonly command: string; readonly conditions: readonly string[] } | null
  readonly expect: readonly string[]
  readonly keeps: readonly string[]
  readonly wayBack: string | null
  readonly lookAt: string | null
}

/** Values, and how a shell's word is quoted. */
export type Fill = { readonly values: ReadonlyMap<string, Value>; readonly quote: (word: string) => string }

/** The whole chain, in order; a value that only a step gives stays `${name}`. Pure. */
export const chainOf = ({ steps }: Runbook, fill: Fill): readonly ChainStep[] => steps.map(step => linkOf(step, fill))

/** One step of the chain. */
export function linkOf(step: Step, fill: Fill): ChainStep {
  const { number, name, title, prose, changes, command, again, gate } = step
  return {
    number,
    name,
    title,
    prose,
    command: command === undefined ? null : typed(command, fill),
    again: again === undefined ? null : typed(again, fill),
    changes,
    gate:
      gate === undefined ? null : { command: typed(gate.command, fill), conditions: withExit(gate.conditions, fill) },
    expect: command === undefined ? [] : withExit(step.expect, fill),
    keeps: step.keep.map(each => each.name),
    wayBack: wayBackOf(step, fill),
    lookAt: step.lookAt === undefined ? null : filledText(step.lookAt, fill),
  }
}

const typed = (command: Parameters<typeof fillCommand>[0], { values, quote }: Fill): string =>
  maskAddress(fillCommand(command, values, quote))

/** Words with the commands in them as they would be typed. */
const filledText = (text: string, { values, quote }: Fill): string =>
  maskAddress(
    text.replace(PLACES, (whole, name: string) => {
      const value = values.get(name)
      return value === undefined ? whole : [value].flat().map(quote).join(' ')
    }),
  )

/** How a step is undone, with its values; null where it changes nothing. */
export const wayBackOf = ({ wayBack }: Step, fill: Fill): string | null =>
  wayBack === undefined
    ? null
    : wayBack.command === undefined
      ? filledText(wayBack.text, fill)
      : typed(wayBack.command, fill)

const withExit = (conditions: readonly Condition[], fill: Fill): readonly string[] => [
  ...(conditions.some(({ kind }) => kind === 'exit') ? [] : ['exit 0']),
  ...fillConditions(conditions, fill.values).map(({ text }) => text),
]

/** Conditions with the values that they compare with. */
export const fillConditions = (
  conditions: readonly Condition[],
  values: ReadonlyMap<string, Value>,
): readonly Condition[] => {
  const fill = (text: string) =>
    text.replace(PLACES, (whole, name: string) => [values.get(name) ?? whole].flat().join(' '))
  return conditions.map(condition =>
    condition.kind === 'compare'
      ? { ...condition, text: fill(condition.text), value: fill(condition.value) }
      : condition,
  )
}
