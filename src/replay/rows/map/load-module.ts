import { pathToFileURL } from 'node:url'
import { isAsyncFunction } from 'node:util/types'
import { UserError } from '../../../errors.js'
import type { MapFunction } from './module.js'

const EXPECTED = 'It must be an ES module with `export const map = row => ({ key, value })`, or that as its default.'

/** Loads the `map` of a module of the user's; `path` is absolute. Throws UserError `mapping`. */
export async function loadMapModule(path: string): Promise<MapFunction> {
  const exports = await imported(path)
  const map = exports.map ?? exports.default
  if (typeof map !== 'function') throw noMap(`The module ${path} exports no function map, and none as its default`)
  if (isAsyncFunction(map)) throw noMap(`The map of ${path} is async: it must give the message itself`)
  return map as MapFunction
}

async function imported(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    throw noMap(`The module ${path} cannot be loaded: ${said}`, error)
  }
}

const noMap = (message: string, cause?: unknown): UserError =>
  new UserError(message, { code: 'mapping', hint: EXPECTED, cause })
