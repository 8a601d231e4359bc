import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { writtenCommand } from '../../../src/runbook/command-text.js'
import { parseRunbook } from '../../../src/runbook/parse.js'
import { aRunbook, FIRST, HEAD, problemsOf, STEP } from './a-runbook.js'

describe('a runbook', () => {
  it('is read with its parameters and steps', () => {
    const { title, purpose, parameters, steps } = aRunbook()
    expect({ title, purpose }).toEqual({ title: 'Restart', purpose: 'after a change' })
    expect(parameters).toEqual([
      { name: 'host', what: 'host to restart on', words: false, example: 'worker-1' },
      { name: 'flags', what: 'more flags', words: true, default: '--graceful' },
    ])
    expect(
      steps.map(({ number, name, title: heading, changes, line }) => ({ number, name, heading, changes, line })),
    ).toEqual([
      { number: 1, name: 'look', heading: 'Look', changes: false, line: 14 },
      { number: 2, name: 'restart-the-worker', heading: 'Restart the worker', changes: true, line: 24 },
    ])
  })

  it('has all parts of a step', () => {
    const [first, step] = aRunbook().steps
    expect(first?.keep).toEqual([{ name: 'run', path: ['run'], line: 22 }])
    expect(step?.prose).toBe('Why, in words.')
    expect(step?.command && writtenCommand(step.command)).toBe('restart ${host} ${flags} --run ${run}')
    expect(step?.gate && writtenCommand(step.gate.command)).toBe('status ${host}')
    expect(step?.gate?.conditions.map(({ text }) => text)).toEqual(['exit 0 or 3', '.jobs is 0'])
    expect(step?.expect).toMatchObject([{ kind: 'compare', path: ['state'], how: 'is', value: 'running' }])
    expect(step?.wayBack?.text).toBe('`start ${host}`')
    expect(step?.lookAt).toBe('the journal of that host.')
  })

  it('takes a gate from a block, and blocks of other languages for text', () => {
    const text = STEP.replace('Gate: `status ${host}`', 'Gate:\n\n```sh\nstatus ${host} |\n  grep up\n```').replace(
      'Why, in words.',
      '```text\n## no step\nChanges: maybe\n```',
    )
    const step = aRunbook(HEAD + FIRST + text).steps[1]
    expect(step?.gate && writtenCommand(step.gate.command)).toBe('status ${host} |\n  grep up')
    expect(step?.gate?.conditions).toHaveLength(2)
    expect(step?.prose).toContain('Changes: maybe')
  })

  it('may have a step that a person does', () => {
    const step = aRunbook(`${HEAD}\n## Stop\n\nStop them.\n\nChanges: by hand\n\nWay back: start them.\n`).steps[0]
    expect(step).toMatchObject({ changes: true, prose: 'Stop them.', wayBack: { text: 'start them.' } })
    expect(step).not.toHaveProperty('command')
  })

  it('is read with Windows line ends too', () => {
    expect(parseRunbook((HEAD + FIRST + STEP).replaceAll('\n', '\r\n')).problems).toEqual([])
  })
})

describe('problems of a runbook', () => {
  it('are all reported at once, with their lines', () => {
    const text = `---
title: ""
four: typo
parameters:
  Host:
    what: x
    example: y
  b:
    wat: no
---
## A

\`\`\`sh
echo "\${b}" \${c}
\`\`\`

Changes: perhaps

Gates: \`x\`

Expect: nice

## A

Changes: yes
`
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^2: title is missing/),
      expect.stringMatching(/^\d: for is missing/),
      expect.stringMatching(/^3: unknown field "four". Did you mean for\?|^3: unknown field "four"/),
      expect.stringMatching(/^\d: "Host" cannot name a parameter/),
      expect.stringMatching(/^\d: unknown field "wat". Did you mean what\?/),
      expect.stringMatching(/^\d: parameter b needs a default or an example/),
      expect.stringMatching(/^\d: parameters.b.what is missing/),
      expect.stringMatching(/^14: \$\{b\} stands inside quotes/),
      expect.stringMatching(/^14: nothing gives \$\{c\} a value here/),
      expect.stringMatching(/^17: "Changes: perhaps" is not one of yes, no, by hand/),
      expect.stringMatching(/^19: "Gates:" is not known. Did you mean "Gate:"/),
      expect.stringMatching(/^21: "nice" is not a condition/),
      expect.stringMatching(/^23: there is no command/),
      expect.stringMatching(/^23: it changes something, so it needs a `Way back:`/),
      expect.stringMatching(/^23: two steps are named "a"/),
    ])
  })

  it.each([
    ['no front matter', '## A\n', /^1: a runbook begins with ---/],
    ['no step', HEAD, /there is no step/],
    ['YAML that is none', '---\ntitle: [\n---\n', /^2: Flow sequence/],
    ['a fence that is not closed', `${HEAD}\n## A\n\nChanges: no\n\n\`\`\`sh\nls\n`, /not closed/],
    ['two commands', `${HEAD}${FIRST}\n\`\`\`sh\nls\n\`\`\`\n`, /^25: a second command/],
    ['two gates', `${HEAD}${FIRST}\nGate: \`a\`\n\nGate: \`b\`\n`, /^26: a second "Gate:"/],
    ['a value before it is kept', HEAD + STEP, /nothing gives \$\{run\} a value here/],
    ['a kept value of a known name', HEAD + FIRST.replace('run = .run', 'host = .h'), /^22: host is taken/],
    ['a keep that is none', HEAD + FIRST.replace('run = .run', 'run'), /^22: "run" keeps nothing/],
    ['a path that is none', HEAD + FIRST.replace('.run', '.a..b'), /^22: "\.a\.\.b" is not a path/],
    ['a pattern that is none', `${HEAD}${FIRST}\nExpect: matches /(/\n`, /^24: Invalid regular expression/],
    [
      'a reading step that acts',
      HEAD + FIRST.replace('look ${host}', 'spillway drain ${host} --execute'),
      /^17: this command acts/,
    ],
    ['a gate that acts', `${HEAD}${FIRST}\nGate: \`spillway resume \${host}\`\n`, /^24: this command acts/],
    ['a here-document', HEAD + FIRST.replace('look ${host}', 'cat <<X\n${host}\nX'), /^17: a here-document/],
    ['a gate without a command', `${HEAD}${FIRST}\nGate: look\n`, /^24: a gate needs a command/],
    [
      'by hand with a command',
      HEAD + FIRST.replace('Changes: no', 'Changes: by hand'),
      /^17: a step that a person does/,
    ],
  ])('name %s', (_what, text, expected) => {
    expect(problemsOf(text)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]))
  })
})

describe('the runbooks that come along', () => {
  const folder = new URL('../../../runbooks/', import.meta.url)
  it.each(readdirSync(folder))('%s has no problems', name => {
    expect(problemsOf(readFileSync(new URL(name, folder), 'utf8'))).toEqual([])
  })
})
