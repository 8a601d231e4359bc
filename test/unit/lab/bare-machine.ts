import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/**
 * Makes PATH, in every test of the file, a folder that holds nothing but these tools of the machine and `apt` as apt-get. The
 * folder is $BOX to the script; `commands` are the lines that it wrote to $BOX/argv, `program` puts another script there.
 */
export function bareMachine(apt: string, tools: readonly string[]) {
  const { PATH } = process.env
  let box = ''
  const program = async (name: string, text: string) => {
    await writeFile(join(box, name), text)
    await chmod(join(box, name), 0o755)
  }
  beforeEach(async () => {
    box = await mkdtemp(join(tmpdir(), 'bare-'))
    await program('apt-get', apt)
    for (const tool of tools)
      await symlink(`/bin/${tool}`, join(box, tool)).catch(() => symlink(`/usr/bin/${tool}`, join(box, tool)))
    Object.assign(process.env, { PATH: box, BOX: box })
  })
  afterEach(async () => {
    process.env.PATH = PATH
    await rm(box, { recursive: true })
  })
  const inBox = (...names: string[]) => join(box, ...names)
  const commands = async () => (await readFile(inBox('argv'), 'utf8')).trim().split('\n')
  return { inBox, program, commands }
}
