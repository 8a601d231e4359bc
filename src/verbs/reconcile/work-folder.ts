import { mkdir, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

const mine = (): string => `.reconcile-${hostname()}-`

/** Makes a folder for work files below `parent`, and takes away those of processes of this machine that were killed. */
export async function makeWorkFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, `${mine()}${process.pid}-${name}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const each of await readdir(parent))
    if (each.startsWith(mine()) && !isAlive(Number.parseInt(each.slice(mine().length), 10)))
      await rm(join(parent, each), { recursive: true, force: true })
  return folder
}

/** Signal 0 only asks (kill(2)); a process of somebody else answers with EPERM, and lives. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}
