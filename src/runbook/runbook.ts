/** Something wrong with a runbook, and the line it stands on, from 1. */
export type Problem = { readonly line: number; readonly message: string }

/** A value that the operator gives, filled in where `${name}` stands. */
export type Parameter = {
  readonly name: string
  readonly what: string
  readonly default?: string
  readonly example?: string
  /** The value is several words, split as a shell splits them; each is quoted by itself. */
  readonly words: boolean
}

/** A command of a shell with places for values: `pieces` are what stands around `names`, one more than there are names. */
export type CommandText = {
  readonly line: number
  readonly pieces: readonly string[]
  readonly names: readonly string[]
}

/** A path into a JSON document: names of fields and numbers of elements. */
export type JsonPath = readonly (string | number)[]

/** What a command's end and output must show. `text` is the condition as it is written. */
export type Condition = { readonly text: string; readonly line: number } & (
  | { readonly kind: 'exit'; readonly codes: readonly number[] }
  | { readonly kind: 'matches'; readonly pattern: RegExp }
  | { readonly kind: 'empty'; readonly path: JsonPath; readonly not: boolean }
  | {
      readonly kind: 'compare'
      readonly path: JsonPath
      readonly how: 'is' | 'is not' | 'at least' | 'at most'
      /** May hold `${name}`. */
      readonly value: string
    }
)

/** A command that only reads, and what must hold before a step. */
export type Gate = { readonly command: CommandText; readonly conditions: readonly Condition[] }

/** A value taken from the JSON that a step prints. */
export type Keep = { readonly name: string; readonly path: JsonPath; readonly line: number }

/** How a step is undone: a command, or words where a person does it or nothing can. */
export type WayBack = { readonly text: string; readonly command?: CommandText }

/** One step. Without a command a person does what the prose says. */
export type Step = {
  /** From 1. */
  readonly number: number
  /** The heading in lower case with hyphens: what `--from` takes. */
  readonly name: string
  readonly title: string
  readonly line: number
  readonly prose: string
  readonly changes: boolean
  readonly command?: CommandText
  /** Instead of the command, where the step was begun before. */
  readonly again?: CommandText
  readonly gate?: Gate
  readonly expect: readonly Condition[]
  readonly wayBack?: WayBack
  readonly keep: readonly Keep[]
  /** What to look at where the gate or the expectation fails. */
  readonly lookAt?: string
}

/** A procedure as written in Markdown. */
export type Runbook = {
  readonly title: string
  readonly purpose: string
  readonly parameters: readonly Parameter[]
  readonly steps: readonly Step[]
}
