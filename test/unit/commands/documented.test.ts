import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { program } from '../../../src/commands/program.js'
import { fakeIo } from './fake-io.js'

const page = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8')
const leaves = (command: Command, path = ''): [string, Command][] =>
  command.commands.length === 0
    ? [[path.trim(), command]]
    : command.commands.flatMap(sub => leaves(sub, `${path} ${sub.name()}`))

describe('docs/commands.md', () => {
  it.each(leaves(program(fakeIo().io, '0')))('has %s with all its flags', (path, command) => {
    expect(page).toMatch(new RegExp(`^## ${path}\\b`, 'm'))
    for (const option of command.options) expect(page).toContain(`\`${option.flags}\``)
  })
})
