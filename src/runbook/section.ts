import { SpillwayError, UserError } from '../errors.js'
import { type Blocks, blocksOf, type Label, type Labelled } from './blocks.js'
import { parseCommand } from './command-text.js'
import { parseCondition, parsePath } from './condition.js'
import { isName, nameOfStep } from './name.js'
import type { CommandText, Condition, Gate, Keep, Problem, Step, WayBack } from './runbook.js'

/** A `##` heading with what stands below it; `line` is the heading's. */
export type Section = { readonly heading: string; readonly line: number; readonly lines: readonly string[] }

const INLINE = /^`([^`]+)`\.?$/

/** Reads one step; the problems of what stands in it come along. */
export function parseStep(section: Section, number: number): { step: Step; problems: readonly Problem[] } {
  const reader = new StepReader(section)
  const step: Step = {
    number,
    name: nameOfStep(section.heading),
    title: section.heading.replace(/^\d+[.)]\s*/, ''),
    line: section.line,
    prose: reader.blocks.prose,
    ...reader.commandAndChanges(),
    ...reader.gate(),
    ...reader.again(),
    expect: reader.conditions('Expect'),
    keep: reader.keep(),
    ...reader.wayBack(),
    ...reader.lookAt(),
  }
  return { step, problems: reader.problems }
}

/** Takes the labelled parts of one section and collects what is wrong with them. */
class StepReader {
  readonly blocks: Blocks
  readonly problems: Problem[]
  readonly #section: Section

  constructor(section: Section) {
    this.#section = section
    this.blocks = blocksOf(section.lines, section.line + 1)
    this.problems = [...this.blocks.problems]
  }

  commandAndChanges(): Pick<Step, 'command' | 'changes'> {
    const [fence, second] = this.blocks.fences
    if (second) this.#report(second.line, 'a second command: give it a step of its own')
    const word = this.#one('Changes')
    const byHand = word?.text === 'by hand'
    if (word === undefined)
      this.#report(this.#section.line, 'write `Changes: yes`, `Changes: no` or `Changes: by hand`')
    else if (!/^(yes|no|by hand)\.?$/.test(word.text))
      this.#report(word.line, `"Changes: ${word.text}" is not one of yes, no, by hand`)
    if (fence === undefined && word !== undefined && !byHand)
      this.#report(this.#section.line, 'there is no command: put it in a ```sh block, or write `Changes: by hand`')
    if (fence !== undefined && byHand)
      this.#report(fence.line, 'a step that a person does by hand has no ```sh block: write ```text')
    const changes = /^(yes|by hand)/.test(word?.text ?? '')
    return fence === undefined ? { changes } : { changes, command: this.#command(fence.text, fence.line) }
  }

  gate(): { gate?: Gate } {
    const gate = this.#one('Gate')
    if (gate === undefined) return {}
    const command = this.#commandOf(gate)
    if (command === undefined)
      this.#report(gate.line, 'a gate needs a command: in backticks behind it, or in a ```sh block')
    const conditions = this.#conditionsOf(gate.items)
    return command === undefined ? {} : { gate: { command, conditions } }
  }

  again(): { again?: CommandText } {
    const again = this.#one('Again')
    const command = again && this.#commandOf(again)
    if (again && command === undefined) this.#report(again.line, 'write the command in backticks')
    return command === undefined ? {} : { again: command }
  }

  conditions(label: Label): readonly Condition[] {
    const found = this.#one(label)
    if (found === undefined) return []
    const first = found.text === '' ? [] : [{ text: found.text, line: found.line }]
    if (first.length + found.items.length === 0) this.#report(found.line, `${label}: names no condition`)
    return this.#conditionsOf([...first, ...found.items])
  }

  keep(): readonly Keep[] {
    return this.blocks.labelled
      .filter(({ label }) => label === 'Keep')
      .flatMap(({ text, line, items }) => [...(text === '' ? [] : [{ text, line }]), ...items])
      .flatMap(({ text, line }) => this.#try(line, () => parseKeep(text, line)))
  }

  wayBack(): { wayBack?: WayBack } {
    const found = this.#one('Way back')
    if (found === undefined) return {}
    const command = this.#commandOf(found)
    const text = [found.text, ...found.items.map(item => item.text)].join(' ').trim()
    if (text === '' && command === undefined) this.#report(found.line, 'Way back: says nothing')
    return { wayBack: command === undefined ? { text } : { text, command } }
  }

  lookAt(): { lookAt?: string } {
    const found = this.#one('Look at')
    return found === undefined ? {} : { lookAt: [found.text, ...found.items.map(item => item.text)].join(' ').trim() }
  }

  #one(label: Label): Labelled | undefined {
    const [first, second] = this.blocks.labelled.filter(each => each.label === label)
    if (second) this.#report(second.line, `a second "${label}:" in one step`)
    return first
  }

  #commandOf({ text, fence, line }: Labelled): CommandText | undefined {
    if (fence !== undefined) return this.#command(fence.text, fence.line)
    const inline = INLINE.exec(text)
    return inline ? this.#command(inline[1] ?? '', line) : undefined
  }

  #command(text: string, line: number): CommandText {
    const { command, problems } = parseCommand(text, line)
    this.problems.push(...problems)
    if (text.trim() === '') this.#report(line, 'the command is empty')
    return command
  }

  #conditionsOf(items: readonly { text: string; line: number }[]): Condition[] {
    return items.flatMap(({ text, line }) => this.#try(line, () => parseCondition(text, line)))
  }

  #try<T>(line: number, read: () => T): T[] {
    try {
      return [read()]
    } catch (error) {
      if (!(error instanceof SpillwayError)) throw error
      this.#report(line, `${error.message}. ${error.hint}`)
      return []
    }
  }

  #report(line: number, message: string): void {
    this.problems.push({ line, message })
  }
}

function parseKeep(written: string, line: number): Keep {
  const text = written.replaceAll('`', '')
  const [, name = '', path = ''] = /^(\S+) = (\.\S+)$/.exec(text) ?? []
  if (isName(name)) return { name, path: parsePath(path), line }
  throw new UserError(`"${text}" keeps nothing`, { hint: 'Write `Keep: run = .run`.' })
}
