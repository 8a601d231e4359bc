import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NAME = 'control.sock'
/** What fits into sockaddr_un with its closing zero: 108 bytes on Linux (unix(7)), 104 on macOS. */
const LONGEST = process.platform === 'linux' ? 107 : 103

/** Where the socket of a run lies: always in its folder. */
export const socketPath = (runPath: string): string => join(runPath, NAME)

/**
 * Does the work with a path of the run's socket that is short enough for the kernel: its own, or one through a symbolic link to the folder, in
 * a private temporary folder that is gone afterwards. Both ends make their own link, so they need not share a TMPDIR.
 */
export async function withSocketPath<T>(runPath: string, work: (path: string) => Promise<T>): Promise<T> {
  const path = socketPath(runPath)
  if (Buffer.byteLength(path) <= LONGEST) return work(path)
  const folder = await mkdtemp(join(shortTmp(), 'spillway-'))
  try {
    await symlink(runPath, join(folder, 'r'))
    return await work(join(folder, 'r', NAME))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const shortTmp = (): string => (Buffer.byteLength(tmpdir()) < LONGEST - 40 ? tmpdir() : '/tmp')
