import { nearest } from '../core/did-you-mean.js'
import type { Problem } from './runbook.js'

const LABELS = ['Changes', 'Gate', 'Expect', 'Keep', 'Way back', 'Again', 'Look at'] as const

/** What begins a line of a step, with a colon. */
export type Label = (typeof LABELS)[number]

/** A labelled line with the list or the fenced command that follows it. */
export type Labelled = {
  readonly label: Label
  readonly line: number
  /** The rest of the line, and of its paragraph. */
  text: string
  readonly items: { readonly text: string; readonly line: number }[]
  fence?: Fence
}

/** A fenced block of a shell; `line` is its first line of text. */
export type Fence = { readonly text: string; readonly line: number }

/** A section in its parts, as they stand. */
export type Blocks = {
  readonly prose: string
  readonly labelled: readonly Labelled[]
  readonly fences: readonly Fence[]
  readonly problems: readonly Problem[]
}

const FENCE = /^(```+|~~~+)\s*(\S*)/
const LABEL = new RegExp(`^\\**(${LABELS.join('|')}):\\**\\s*(.*)$`)
const LOOKS_LIKE_LABEL = /^\**([A-Z][a-z]+(?: [a-z]+)?):/
const TAKES_COMMAND: readonly Label[] = ['Gate', 'Way back', 'Again']

/** Takes the lines of a section apart; `first` is the number of the first one. */
export function blocksOf(lines: readonly string[], first: number): Blocks {
  const prose: string[] = []
  const labelled: Labelled[] = []
  const fences: Fence[] = []
  const problems: Problem[] = []
  let open: Labelled | undefined
  let blank = false
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i] ?? ''
    const line = first + i
    const fence = FENCE.exec(text)
    if (fence) {
      const end = endOfFence(lines, i, fence[1] ?? '')
      if (end === lines.length) problems.push({ line, message: 'this fenced block is not closed' })
      const block = {
        text: lines
          .slice(i + 1, end)
          .join('\n')
          .trimEnd(),
        line: line + 1,
      }
      if (!/^(sh|bash|shell)$/.test(fence[2] ?? '')) prose.push(...lines.slice(i, end + 1))
      else if (open?.text === '' && open.fence === undefined && TAKES_COMMAND.includes(open.label)) open.fence = block
      else fences.push(block)
      i = end
    } else if (LABEL.test(text)) {
      open = labelOf(text, line)
      labelled.push(open)
    } else if (open && /^[-*] /.test(text)) open.items.push({ text: text.slice(2).trim(), line })
    else if (open && text.trim() !== '' && !blank) continueText(open, text)
    else if (text.trim() !== '' || open === undefined) {
      open = undefined
      prose.push(text)
      problems.push(...misspelt(text, line))
    }
    blank = text.trim() === ''
  }
  return { prose: prose.join('\n').trim(), labelled, fences, problems }
}

const endOfFence = (lines: readonly string[], from: number, mark: string): number => {
  const end = lines.findIndex((text, i) => i > from && text.trimEnd() === mark)
  return end === -1 ? lines.length : end
}

const labelOf = (text: string, line: number): Labelled => {
  const [, label, rest = ''] = LABEL.exec(text) ?? []
  return { label: label as Label, line, text: rest.trim(), items: [] }
}

/** A paragraph, or the last item of a list, goes on in the next line. */
function continueText(open: Labelled, text: string): void {
  const last = open.items.pop()
  if (last === undefined) open.text = `${open.text} ${text.trim()}`.trim()
  else open.items.push({ ...last, text: `${last.text} ${text.trim()}` })
}

const misspelt = (text: string, line: number): Problem[] => {
  const word = LOOKS_LIKE_LABEL.exec(text)?.[1]
  const meant = word === undefined ? undefined : nearest(word, LABELS)
  return meant === undefined ? [] : [{ line, message: `"${word}:" is not known. Did you mean "${meant}:"?` }]
}
