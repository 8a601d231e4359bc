import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const fileOf = (home: string): string => join(home, 'reconcile', 'lists')

/** Notes that a file is a list of what is missing, so that nobody takes it for what was seen. */
export async function noteList(home: string, path: string): Promise<void> {
  await mkdir(join(home, 'reconcile'), { recursive: true, mode: 0o700 })
  await appendFile(fileOf(home), `${resolve(path)}\n`, { mode: 0o600 })
}

/** Whether `reconcile` wrote this file, from this home. */
export async function wroteList(home: string, path: string): Promise<boolean> {
  const text = await readFile(fileOf(home), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').includes(resolve(path))
}
