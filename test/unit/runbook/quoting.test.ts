import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { quote } from 'zx/core'
import { fillCommand, parseCommand } from '../../../src/runbook/command-text.js'
import { splitWords } from '../../../src/runbook/words.js'

const bash = async (command: string): Promise<string> => (await promisify(execFile)('bash', ['-c', command])).stdout

const filled = (text: string, values: Record<string, string | readonly string[]>): string =>
  fillCommand(parseCommand(text, 1).command, new Map(Object.entries(values)), quote)

const NASTY = [
  'a; touch /tmp/never',
  '$(id)',
  '`id`',
  "it's",
  'say "hi"',
  'a\nb',
  '\\',
  '*',
  '~',
  '#x',
  "'; id; '",
  '${HOME}',
  'a & b | c > d',
  'é ✓',
  ' ',
]

describe('a value in a command', () => {
  it.each(NASTY)('stays one word: %j', async value => {
    expect(await bash(filled('printf "%s|" ${x} end', { x: value }))).toBe(`${value}|end|`)
    expect(await bash(filled('printf "%s|" --flag=${x}.', { x: value }))).toBe(`--flag=${value}.|`)
  })

  it('may be several words, each quoted by itself', async () => {
    const words = splitWords(`--exec "./a.sh; id" 'b c' d\\ e ""`)
    expect(words).toEqual(['--exec', './a.sh; id', 'b c', 'd e', ''])
    expect(await bash(filled('printf "%s|" ${x}', { x: words }))).toBe('--exec|./a.sh; id|b c|d e||')
    expect(filled('run ${x} now', { x: [] })).toBe('run  now')
  })

  it('stays in the command as long as it is not known', () => {
    expect(filled('a ${x} ${y}', { x: '1' })).toBe('a 1 ${y}')
  })

  it('leaves the variables of the shell to the shell', () => {
    const { command } = parseCommand('echo $HOME ${HOME} ${x:-y} \\${z} $x # ${comment}', 1)
    expect(command.names).toEqual([])
  })

  it.each(['"${x}"', "'${x}'", "$'${x}'", '`a ${x}`', '"$(a ${x})"', 'a "b \\" ${x}"'])('is refused in %s', text => {
    expect(parseCommand(text, 5).problems).toEqual([
      { line: 5, message: expect.stringContaining('${x} stands inside') },
    ])
  })

  it.each(['$(a ${x})', `"q" ${'$'}{x} 'q'`, "# don't\n${x}", 'a\\"${x}', '${x}#"'])('is fine in %s', text => {
    expect(parseCommand(text, 1).problems).toEqual([])
  })

  it('is refused with the line where it stands', () => {
    expect(parseCommand('a\nb "\n${x}"', 10).problems).toMatchObject([{ line: 12 }])
  })
})

describe('words', () => {
  it.each([
    ['', []],
    ['  ', []],
    ['a  b', ['a', 'b']],
    [`a"b c"d'e f'`, ['ab cde f']],
    ['$HOME;*', ['$HOME;*']],
    ['"a\\"b\\c"', ['a"b\\c']],
  ])('%j are %j', (text, words) => {
    expect(splitWords(text)).toEqual(words)
  })

  it.each(['"a', "a 'b", 'a\\'])('%j has a quote that is not closed', text => {
    expect(() => splitWords(text)).toThrow('not closed')
  })
})
