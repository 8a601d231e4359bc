import { readdir, readFile } from 'node:fs/promises'

/** Where servers of this machine keep their data: src/lab/account.ts. */
const LASTING = '/var/tmp'

/** The names of data folders that begin so. */
export const dataFolders = async (prefix: string): Promise<string[]> =>
  (await readdir(LASTING)).filter(name => name.startsWith(prefix)).sort()

/** Those that came since and that no process works in: other test files start such servers at the same time. */
export async function abandoned(prefix: string, before: readonly string[]): Promise<string[]> {
  const fresh = (await dataFolders(prefix)).filter(name => !before.includes(name))
  if (fresh.length === 0) return []
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  // A process may end between the two looks.
  const commands = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return fresh.filter(name => !commands.some(command => command.includes(`${LASTING}/${name}`)))
}
