import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Writes the state of a lab as `state.json` in its folder, so that a reader sees the old one or the new one, never half of it. */
export async function writeStateFile(folder: string, state: object): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, '.state.json'), JSON.stringify(state, undefined, 2))
  await rename(join(folder, '.state.json'), join(folder, 'state.json'))
}

/** The state that `writeStateFile` wrote into this folder, or undefined when there is none. */
export async function readStateFile<State>(folder: string): Promise<State | undefined> {
  const text = await absent(readFile(join(folder, 'state.json'), 'utf8'))
  return text === undefined ? undefined : (JSON.parse(text) as State)
}

/** The states in all folders below this one, by folder name. */
export async function readStateFiles<State>(parent: string): Promise<State[]> {
  const names = (await absent(readdir(parent))) ?? []
  const states = await Promise.all(names.sort().map(name => readStateFile<State>(join(parent, name))))
  return states.filter(state => state !== undefined)
}

async function absent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
