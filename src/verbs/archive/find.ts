import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { PieceFormat } from '../../archive/ports.js'
import type { DiscardPlan } from '../../core/discard-plan.js'
import { isDiscardPlan } from '../../core/plan-names.js'
import { UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { openKnownRun } from '../restore/opened.js'

/** The archive of a discard. */
export type Found = {
  readonly run: string
  readonly plan: DiscardPlan
  readonly runFolder: RunFolder
  /** Absolute path of the archive. */
  readonly folder: string
  format(): Promise<PieceFormat>
}

/** Finds the archive of a run. Throws UserError `no-such-run`, `no-archive`. */
export async function findArchive(run: string, io: Io): Promise<Found> {
  const { folder: runFolder, plan } = await openKnownRun(run, io)
  if (!isDiscardPlan(plan)) throw noArchive(`Run ${run} is a ${plan.kind}: it has no archive`)
  if (plan.archive === undefined) throw noArchive(`Run ${run} kept nothing (--no-archive)`)
  const folder = folderOf(plan.archive.folder, runFolder)
  if (folder === undefined)
    throw noArchive(
      `The archive of run ${run} is not at ${plan.archive.folder}`,
      'Bring it back to where the run has put it.',
    )
  return { run, plan, runFolder, folder, format: () => formatOf(plan) }
}

/** The archive of a run, if it has one. Throws UserError, Refusal where the run cannot be read. */
export async function findIfKept(run: string, io: Io): Promise<Found | undefined> {
  try {
    return await findArchive(run, io)
  } catch (error) {
    if (error instanceof UserError && error.code === 'no-archive') return undefined
    throw error
  }
}

/** Where the plan says; of a run that was brought here from another machine, in its folder. */
const folderOf = (planned: string, { path }: RunFolder): string | undefined =>
  [planned, join(path, 'archive')].find(each => existsSync(each))

async function formatOf({ system, topic }: DiscardPlan): Promise<PieceFormat> {
  if (system === 'kafka') return (await import('../../brokers/kafka/archive/format.js')).kafkaFormat(topic)
  return (await import('../../brokers/rabbitmq/archive/format.js')).rabbitmqFormat(topic)
}

const noArchive = (message: string, hint = '`spillway archive ls` lists the archives of this machine.'): UserError =>
  new UserError(message, { code: 'no-archive', hint })
