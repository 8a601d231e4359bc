import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const COMPILER = 'jdk.compiler/com.sun.tools.javac.Main'
/** From the project's folder. */
const SOURCES = [
  ...['Consume', 'Produce', 'Read', 'ReadAll'].map(name => `test/tools/${name}.java`),
  'test/live/java/GroupMember.java',
]

/** Compiles the Java tools of the tests against these jars, once: a program that is compiled at each start costs twice the processor. */
export async function compileTools(libs: string): Promise<void> {
  const folder = classesOf(libs)
  if (existsSync(folder)) return
  const fresh = await mkdtemp(`${folder}-`)
  // The compiler itself knows no `*`.
  const clients = (await readdir(libs)).filter(name => name.startsWith('kafka-clients')).map(name => join(libs, name))
  await run('java', ['-m', COMPILER, '-d', fresh, '-cp', clients.join(':'), ...SOURCES])
  // Another may have been quicker.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true }))
}

/** The class path and the main class, or the source where that is not compiled (JEP 330). */
export function javaArguments(libs: string, main: string): string[] {
  const folder = classesOf(libs)
  const isCompiled = SOURCES.some(source => basename(source) === basename(main)) && existsSync(folder)
  if (!isCompiled) return ['-cp', `${libs}/*`, main]
  return ['-cp', `${libs}/*:${folder}`, basename(main, '.java')]
}

/** A folder of its own for each state of the sources. */
function classesOf(libs: string): string {
  const hash = createHash('sha256').update(libs)
  for (const source of SOURCES) hash.update(readFileSync(source))
  return join(tmpdir(), `spillway-tools-${hash.digest('hex').slice(0, 16)}`)
}
