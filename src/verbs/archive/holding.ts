import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFiles, lanesIn } from '../../archive/data-files.js'
import { readManifest } from '../../archive/manifest.js'
import { INDEX_FILE, PARQUET_FILE } from '../../archive/names.js'
import { foldAll } from '../../core/fold.js'
import type { Found } from './find.js'

/** A file of an archive. */
export type HeldFile = { readonly file: string; readonly bytes: number; readonly lane?: string }

/** What an archive holds, without a look inside its files. */
export type Holding = {
  readonly run: string
  readonly system: 'kafka' | 'rabbitmq'
  readonly source: string
  readonly folder: string
  /** The run is complete, and nothing will be added. */
  readonly sealed: boolean
  /** Let go so far, as the journal has it. */
  readonly messages: bigint
  readonly bytes: number
  readonly files: readonly HeldFile[]
  /** ISO 8601, as far as the plan could tell. */
  readonly first?: string
  readonly last?: string
}

/** Looks what lies in the folder of an archive. Throws RunError `archive-damaged`, `journal-corrupt`. */
export async function holdingOf({ run, plan, runFolder, folder, format }: Found): Promise<Holding> {
  const state = await foldAll(runFolder.events())
  const files = await filesIn(folder, await format())
  const first = plan.lanes.flatMap(lane => lane.first ?? []).sort()[0]
  const last = plan.lanes
    .flatMap(lane => lane.last ?? [])
    .sort()
    .at(-1)
  return {
    ...{ run, system: plan.system, source: plan.source, folder },
    sealed: (await readManifest(folder)) !== undefined,
    messages: state.ledger.dropped,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
  }
}

async function filesIn(folder: string, format: Awaited<ReturnType<Found['format']>>): Promise<readonly HeldFile[]> {
  const files: HeldFile[] = []
  for (const lane of await lanesIn(folder, format))
    for (const { file } of await dataFiles(folder, format, lane)) files.push(...(await held(folder, file, lane)))
  for (const file of [PARQUET_FILE, INDEX_FILE]) files.push(...(await held(folder, file)))
  return files
}

async function held(folder: string, file: string, lane?: string): Promise<readonly HeldFile[]> {
  const there = await stat(join(folder, file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return there === undefined ? [] : [{ file, bytes: there.size, ...(lane === undefined ? {} : { lane }) }]
}
