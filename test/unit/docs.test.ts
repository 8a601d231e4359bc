import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { program } from '../../src/commands/program.js'
import { EXIT } from '../../src/errors.js'
import type { Io } from '../../src/io.js'

const ROOT = new URL('../..', import.meta.url).pathname
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map(name => `docs/${name}`)].filter(name =>
  name.endsWith('.md'),
)
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8')

/** As GitHub makes them: lower case, punctuation dropped, blanks as hyphens. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
const anchorsIn = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => anchorOf(text))

const linksIn = (page: string): string[] =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter(link => !/^https?:/.test(link))

const broken = (page: string, link: string): boolean => {
  const [path = '', anchor] = link.split('#')
  const file = path === '' ? page : join(page, '..', path)
  if (!existsSync(join(ROOT, file))) return true
  return anchor !== undefined && !anchorsIn(file).includes(anchor)
}

describe.each(PAGES)('%s', page => {
  it('has links that lead somewhere', () => {
    expect(linksIn(page).filter(link => broken(page, link))).toEqual([])
  })

  it('names no command and no flag that is not there', () => {
    expect(commandsIn(page).flatMap(line => unknownIn(line).map(word => `${word} in: ${line}`))).toEqual([])
  })
})

describe('the index of the docs', () => {
  it('lists every page', () => {
    const listed = linksIn('docs/README.md')
    const pages = PAGES.filter(page => /^docs\/(?!README)/.test(page)).map(page => page.replace('docs/', ''))
    expect(pages.filter(page => !listed.includes(page))).toEqual([])
  })
})

describe('README.md', () => {
  it('shows scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const shown = [...read('README.md').matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name)
    expect(shown.filter(name => scripts[name] === undefined)).toEqual([])
  })
})

/** Command lines that are shown as code, from `spillway` to the end of the line or of the code. */
function commandsIn(page: string): string[] {
  const text = read(page)
  const blocks = [...text.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n'))
  const inline = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  return [...blocks, ...inline]
    .map(line => line.replace(/^\s*(?:\$ |\w+: +)?/, '').replace(/^node bin\/spillway\.js/, 'spillway'))
    .filter(line => /^spillway [a-z-]/.test(line))
    .map(line => line.replace(/\s[#;|>].*$|\s{2,}.*$|…/, ''))
}

/** Verbs that other pages announce for later versions. */
const LATER = ['audit']

function unknownIn(line: string): string[] {
  const [, first = '', ...rest] = line.split(/\s+/)
  if (LATER.includes(first)) return []
  const root = program(quiet, '0')
  let command = find(root, first)
  if (command === undefined) return first.startsWith('-') ? [] : [first]
  if (command.commands.length > 0) command = find(command, rest[0] ?? '') ?? command
  const known = [...root.options, ...command.options].map(option => option.long ?? '')
  return rest
    .map(word => word.replace(/[\])}.,=].*$/, '').replace(/^\[/, ''))
    .filter(word => /^--[a-z]/.test(word) && !known.includes(word) && word !== '--help')
}

const find = (command: Command, name: string): Command | undefined =>
  command.commands.find(each => each.name() === name || each.aliases().includes(name))

const nowhere = { write: () => true } as unknown as NodeJS.WritableStream
const quiet: Io = {
  out: nowhere,
  err: nowhere,
  env: {},
  in: process.stdin,
  interactive: false,
  now: () => new Date(0),
  soft: new AbortController().signal,
  hard: new AbortController().signal,
  exitCode: EXIT.complete,
}
