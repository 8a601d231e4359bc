import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../errors.js'

type Env = Readonly<Record<string, string | undefined>>

/** Where settings are looked for without `--config`: the first that exists counts (XDG Base Directory 0.8). */
export const usualPlaces = (env: Env): string[] => {
  const config = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config')
  return ['spillway.yaml', join(config, 'spillway', 'spillway.yaml')]
}

/** The settings file's path and text; undefined where none is there. Throws a UserError where the named one is missing. */
export const readSettingsFile = async (
  config: string | undefined,
  env: Env,
): Promise<{ path: string; text: string } | undefined> => {
  if (config !== undefined) {
    const text = await textOf(config)
    if (text !== undefined) return { path: config, text }
    throw new UserError(`The settings file ${config} is not there`, {
      code: 'settings',
      hint: 'Check the path given with --config.',
    })
  }
  for (const path of usualPlaces(env)) {
    const text = await textOf(path)
    if (text !== undefined) return { path, text }
  }
  return undefined
}

const textOf = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
