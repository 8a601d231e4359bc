import { stat } from 'node:fs/promises'
import { openArchiveIndex } from '../../archive/index-search.js'
import { type Place, parseAddress } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import type { DiscardPlan } from '../../core/discard-plan.js'
import { foldAll } from '../../core/fold.js'
import { isDiscardPlan } from '../../core/plan-names.js'
import type { ReplayFilter } from '../../core/replay-plan.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import { RunError, UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import { openKnownRun } from '../restore/opened.js'
import { systemOf } from '../system.js'
import type { ReplaySubject } from './ends.js'
import { otherThanSealed } from './sealed-files.js'
import { indexFilter } from './wanted-stretches.js'

/** What a discard has let go and kept. Throws UserError `no-such-run`, `no-archive`. */
export async function archiveSubject(run: string, io: Io): Promise<ReplaySubject> {
  const { folder: runFolder, plan } = await openKnownRun(run, io)
  if (!isDiscardPlan(plan))
    throw noArchive(`Run ${run} is a ${plan.kind}: it has no archive`, otherwise(plan.kind, run))
  const { archive } = plan
  if (archive === undefined)
    throw noArchive(
      `Run ${run} kept nothing (--no-archive)`,
      'What it let go is to be had from the source database only.',
    )
  const isAtWork = await runFolder.alive()
  const state = await foldAll(runFolder.events())
  const { folder } = archive
  await assertThere(folder, run)
  const kind = await (await systemOf(plan.system)).archive()
  const archived = { plan, state, folder }
  const { lanes, bytes, doubted, partitions } = await kind.look(archived)
  const first = plan.lanes.flatMap(lane => lane.first ?? []).sort()[0]
  return {
    look: {
      source: `archive:${run}`,
      from: { kind: 'archive', run },
      system: plan.system,
      lanes,
      bytes,
      archive: folder,
      warnings:
        state.ending?.kind === 'complete' ? [] : [`Run ${run} is not complete: this sends what it has let go so far`],
      ...defined({ partitions, doubted: doubted === 0n ? undefined : doubted }),
    },
    refusals: [...(isAtWork ? [atWork(run)] : []), ...(await damaged(folder, run))],
    origin: originOf(plan),
    run,
    ...(first === undefined ? {} : { oldest: new Date(first) }),
    // The index of one that was stopped may be ahead of what was let go.
    ...(state.ending?.kind === 'complete' ? { count: filter => countIn(folder, plan.system, filter) } : {}),
    open: ({ lanes: planned, filter }) => kind.open(archived, planned, filter),
  }
}

/** By the index. Without DuckDB only reading would tell. */
async function countIn(
  folder: string,
  system: 'kafka' | 'rabbitmq',
  filter: ReplayFilter,
): Promise<bigint | undefined> {
  try {
    await using index = await openArchiveIndex({ folder, system })
    return await index.count(indexFilter(filter))
  } catch (error) {
    if (error instanceof RunError && error.code === 'no-duckdb') return undefined
    throw error
  }
}

function originOf({ source, user }: DiscardPlan): Place {
  const place = parseAddress(source)
  return user === undefined ? place : { ...place, credentials: { username: user } }
}

const noArchive = (message: string, hint: string): UserError => new UserError(message, { code: 'no-archive', hint })

const otherwise = (kind: string, run: string): string =>
  kind === 'drain' || kind === 'fanout' || kind === 'replay'
    ? `What it parked is sent again by: spillway replay parked:${run}`
    : '`spillway runs` lists the runs of this machine.'

async function assertThere(folder: string, run: string): Promise<void> {
  const isThere = await stat(folder).catch(() => undefined)
  if (isThere?.isDirectory() !== true)
    throw noArchive(`The archive of run ${run} is not at ${folder}`, 'Bring it back to where the run has put it.')
}

const atWork = (run: string): DrainRefusal => ({
  code: 'at-work',
  message: `Run ${run} is still letting go`,
  hint: `Let it end, or stop it: spillway abort ${run}.`,
  mayClear: true,
})

/** A sealed archive says how long each of its files is; what is inside them is looked at as it is read. */
const damaged = async (folder: string, run: string): Promise<DrainRefusal[]> =>
  (await otherThanSealed(folder)).map(({ file, message }) => ({
    at: file,
    code: 'archive-damaged',
    message,
    hint: `See what is damaged: spillway archive verify ${run}.`,
    mayClear: false,
  }))
