import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mark } from '../core/event.js'
import { codeOf } from '../journal/system-error.js'
import { firstOf } from './names.js'
import type { PieceFormat } from './ports.js'

/** A data file: path from the archive's folder, and the mark in its name. */
export type DataFile = { readonly file: string; readonly first: bigint }

/** Data files of a lane in the order of their marks; none where the lane has no folder. */
export async function dataFiles(folder: string, format: PieceFormat, lane: string): Promise<readonly DataFile[]> {
  const names = await entries(join(folder, format.folder(lane)))
  return names
    .flatMap(name => {
      const first = firstOf(name, format.ending)
      return first === undefined ? [] : [{ file: `${format.folder(lane)}/${name}`, first }]
    })
    .sort((a, b) => (a.first < b.first ? -1 : 1))
}

/** Lanes that have a folder, sorted. */
export async function lanesIn(folder: string, format: PieceFormat): Promise<readonly string[]> {
  const found = (await entries(folder)).flatMap(name => format.laneOf(name) ?? [])
  return found.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

async function entries(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return []
    throw error
  }
}

/** Compares two marks of a lane. */
export const isBelow = (a: Mark, b: Mark): boolean => BigInt(a) < BigInt(b)
