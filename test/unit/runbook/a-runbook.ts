import { parseRunbook } from '../../../src/runbook/parse.js'

export const HEAD = `---
title: Restart
for: after a change
parameters:
  host:
    what: host to restart on
    example: worker-1
  flags:
    what: more flags
    words: true
    default: --graceful
---
`

/** A step that changes something, with everything that one needs. */
export const STEP = `
## 2. Restart the worker

Why, in words.

\`\`\`sh
restart \${host} \${flags} --run \${run}
\`\`\`

Changes: yes

Gate: \`status \${host}\`

- exit 0 or 3
- \`.jobs\` is \`0\`

Expect: \`.state\` is running

Way back: \`start \${host}\`

Look at: the journal
of that host.
`

export const FIRST = `
## 1. Look

\`\`\`sh
look \${host}
\`\`\`

Changes: no

Keep: run = .run
`

/** The parsed runbook; fails where it has problems. */
export const aRunbook = (text = HEAD + FIRST + STEP) => {
  const { runbook, problems } = parseRunbook(text)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return runbook
}

/** Problems as `line: message`. */
export const problemsOf = (text: string): string[] =>
  parseRunbook(text).problems.map(({ line, message }) => `${line}: ${message}`)
