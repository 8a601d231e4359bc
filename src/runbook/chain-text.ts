import type { ChainStep } from './chain.js'

const INDENT = '   '
const LABEL = 10

/** A step as the dry run shows it, without colour: its command, gate, expectation and way back. Ends with a newline. */
export function chainStepText(step: ChainStep): string {
  const { command, again, gate, expect, keeps, wayBack } = step
  const lines = [
    ...(command === null ? indented(step.prose) : commandLines('', command)),
    ...(again === null ? [] : commandLines('again', again)),
    ...(gate === null ? [] : [...commandLines('gate', gate.command), ...conditionLines(gate.conditions)]),
    ...(expect.length === 0 ? [] : [label('expect', expect.join(', '))]),
    ...(keeps.length === 0 ? [] : [label('keeps', keeps.join(', '))]),
    ...(wayBack === null ? [] : [label('way back', wayBack)]),
  ]
  return `${headingOf(step)}\n${lines.join('\n')}\n`
}

/** `3. Drain (drain)  CHANGES` */
export const headingOf = ({ number, title, name, command, changes }: Omit<ChainStep, 'prose'>): string =>
  `${number}. ${title} (${name})  ${command === null ? 'BY HAND' : changes ? 'CHANGES' : 'only reads'}`

const label = (name: string, text: string): string =>
  `${INDENT}${name.padEnd(LABEL)}${text.replaceAll('\n', `\n${INDENT}${' '.repeat(LABEL)}`)}`

const commandLines = (name: string, command: string): string[] =>
  command.split('\n').map((line, i) => label(i === 0 ? name : '', `${i === 0 ? '$ ' : '  '}${line}`))

const conditionLines = (conditions: readonly string[]): string[] => conditions.map(text => label('', `  ${text}`))

/** Prose, moved to the right. */
export const indented = (prose: string): string[] => prose.split('\n').map(line => `${INDENT}${line}`.trimEnd())
