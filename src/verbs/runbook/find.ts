import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suggestion } from '../../core/did-you-mean.js'
import { UserError } from '../../errors.js'
import { unless } from '../../journal/system-error.js'
import { parseRunbook } from '../../runbook/parse.js'
import type { Problem, Runbook } from '../../runbook/runbook.js'

/** A runbook as it was found. */
export type Found = {
  readonly name: string
  readonly path: string
  readonly markdown: string
  readonly runbook: Runbook
  readonly problems: readonly Problem[]
}

/** Those of the working folder come first: a team's own version of one hides the one that comes along. */
const PLACES = ['runbooks', fileURLToPath(new URL('../../../runbooks', import.meta.url))]

/** Finds a runbook by name or path. Throws a UserError where there is none, or one with all problems of its text. */
export async function openRunbook(name: string): Promise<Found> {
  const found = await readRunbook(name)
  const { path, problems } = found
  if (problems.length === 0) return found
  throw new UserError(`${path} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`, {
    code: 'runbook-problems',
    hint: 'Nothing was started. docs/runbooks.md says how a runbook is written.',
    details: problems.map(({ line, message }) => ({ at: `${path}:${line}`, message })),
  })
}

/** The same with its problems in it. */
export async function readRunbook(name: string): Promise<Found> {
  const isPath = name.includes('/') || name.endsWith('.md')
  const paths = isPath ? [name] : PLACES.map(folder => join(folder, `${name}.md`))
  for (const path of paths) {
    const markdown = await unless(['ENOENT'], readFile(path, 'utf8'))
    if (markdown !== undefined)
      return { name: isPath ? name : basename(path, '.md'), path, markdown, ...parseRunbook(markdown) }
  }
  throw new UserError(`There is no runbook ${name}`, {
    code: 'no-such-runbook',
    hint: isPath ? 'Check the path.' : suggestion(name, [...(await runbookNames())], 'runbooks'),
  })
}

/** Names of all runbooks, in the order of the alphabet. */
export async function runbookNames(): Promise<readonly string[]> {
  const lists = await Promise.all(PLACES.map(folder => unless(['ENOENT', 'ENOTDIR'], readdir(folder))))
  const names = lists.flatMap(list => list ?? []).filter(name => name.endsWith('.md') && name !== 'README.md')
  return [...new Set(names.map(name => basename(name, '.md')))].sort()
}
