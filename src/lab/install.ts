import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { UserError } from '../errors.js'
import { aptGet, installing } from './apt.js'
import { isThere } from './is-there.js'
import { withLock } from './lock.js'
import { lastLines } from './run-program.js'

/** What decides whether we may install packages. */
export type Rights = { readonly root: boolean; readonly debian: boolean }

/** Whether we are root, and on Debian or Ubuntu. */
export const ourRights = async (): Promise<Rights> => ({
  root: process.getuid?.() === 0,
  debian: await isThere('/etc/debian_version'),
})

/** What `find` finds; where that is nothing, what `install` makes, once, while no other process of ours installs anything. */
export async function findOrInstall<Found>(
  lockFile: string,
  find: () => Promise<Found | undefined>,
  install: () => Promise<Found>,
): Promise<Found> {
  const there = await find()
  if (there !== undefined) return there
  return withLock(lockFile, async () => (await find()) ?? installing(install))
}

/** Runs apt-get. Throws a UserError with its own words when it fails; `wanted` is what the user may then install by hand. */
export async function apt(args: readonly string[], { code, wanted }: { code: string; wanted: string }): Promise<void> {
  const ended = await aptGet(args)
  if (ended.code === 0) return
  throw new UserError(`apt-get ${args.join(' ')} failed`, {
    code,
    hint: `Install ${wanted} by hand, then run the same command again.`,
    details: lastLines(ended.output, 8).map(message => ({ at: 'apt-get', message })),
  })
}

/** The first of these folders that holds all of these programs; undefined where none does. */
export async function folderOf(programs: readonly string[], folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) if (await hasPrograms(folder, programs)) return folder
  return undefined
}

/** The folders of PATH, in its order. */
export const foldersOnPath = (): string[] => (process.env.PATH ?? '').split(delimiter).filter(folder => folder !== '')

const hasPrograms = (folder: string, programs: readonly string[]): Promise<boolean> =>
  Promise.all(programs.map(name => access(join(folder, name), constants.X_OK))).then(
    () => true,
    () => false,
  )
