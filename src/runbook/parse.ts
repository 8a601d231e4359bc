import { findProblems } from './check.js'
import { parseFrontMatter } from './front-matter.js'
import type { Problem, Runbook } from './runbook.js'
import { parseStep, type Section } from './section.js'

/** Reads a runbook from Markdown. All problems at once, in the order of their lines; with none of them it can be run. */
export function parseRunbook(markdown: string): { runbook: Runbook; problems: readonly Problem[] } {
  const lines = markdown.replace(/^\uFEFF/, '').split(/\r?\n/)
  const head = parseFrontMatter(lines)
  const sections = sectionsOf(lines, head.length)
  const parsed = sections.map((section, i) => parseStep(section, i + 1))
  const steps = parsed.map(({ step }) => step)
  const runbook = { title: head.title, purpose: head.purpose, parameters: head.parameters, steps }
  const problems = [...head.problems, ...parsed.flatMap(each => each.problems), ...findProblems(runbook)]
  if (steps.length === 0) problems.push({ line: lines.length, message: 'there is no step: each begins with `## `' })
  return { runbook, problems: problems.sort((a, b) => a.line - b.line) }
}

/** Everything from one `## ` heading to the next; headings within fenced blocks are text. */
function sectionsOf(lines: readonly string[], from: number): Section[] {
  const sections: { heading: string; line: number; lines: string[] }[] = []
  let fence = ''
  for (let i = from; i < lines.length; i++) {
    const text = lines[i] ?? ''
    const mark = /^(```+|~~~+)/.exec(text)?.[1] ?? ''
    if (mark !== '') fence = fence === '' ? mark : text.trimEnd() === fence ? '' : fence
    const heading = fence === '' ? /^## +(.+?)\s*$/.exec(text)?.[1] : undefined
    if (heading === undefined) sections.at(-1)?.lines.push(text)
    else sections.push({ heading, line: i + 1, lines: [] })
  }
  return sections
}
