import { parseAddress } from '../../../../src/core/address.js'
import type { RunEvent } from '../../../../src/core/event.js'
import type { RunPlan } from '../../../../src/core/plan.js'
import type { ParkedRecord } from '../../../../src/journal/parked.js'
import { createRun } from '../../../../src/journal/runs.js'
import { ledger } from '../../../../src/verbs/ledger.js'
import { fakeIo } from '../../commands/fake-io.js'

/** A run as it left its folder. */
export type Left = {
  readonly plan: RunPlan
  readonly events?: readonly RunEvent[]
  readonly parked?: readonly ParkedRecord[]
}

export async function leave(home: string, { plan, events = [], parked = [] }: Left): Promise<void> {
  await using folder = await createRun(home, plan)
  for (const event of events) await folder.append(event)
  for (const record of parked) await folder.park(record)
}

export const at = (time: string): string => `2026-11-21T${time}.000Z`

export const started = (time: string): RunEvent => ({
  type: 'started',
  at: at(time),
  host: 'one',
  pid: 1,
  resumed: false,
})

export const opened = (lane: string, from: string, to: string): RunEvent => ({
  type: 'opened',
  at: at('01:00:01'),
  lane,
  from,
  to,
})

/** `read` messages of a lane, all written unless parked or dropped. */
export const settled = (
  time: string,
  lane: string,
  mark: string,
  counts: { read: bigint; dropped?: bigint },
): RunEvent => ({
  type: 'settled',
  at: at(time),
  lane,
  mark,
  counts: {
    read: counts.read,
    written: counts.read - (counts.dropped ?? 0n),
    parked: 0n,
    dropped: counts.dropped ?? 0n,
    holes: 0n,
    markers: 0n,
    aborted: 0n,
    bytes: 0n,
  },
})

export const ended = (time: string, kind: 'complete' | 'undone' = 'complete'): RunEvent => ({
  type: 'ended',
  at: at(time),
  ending: { kind },
})

/** What the verb prints as JSON, and its exit code. */
export async function ask(home: string, given: { ids?: readonly string[]; key?: string; source?: string }) {
  const { io, out } = fakeIo({ SPILLWAY_HOME: home })
  const common = { execute: false, yes: false, waitMs: 0 }
  const { ids = [], key, source } = given
  const request = {
    ...common,
    ids,
    ...(key === undefined ? {} : { key }),
    ...(source === undefined ? {} : { source: parseAddress(source) }),
  }
  await ledger(request, io, { format: 'json', color: false, quiet: true })
  return { document: JSON.parse(out()), exitCode: io.exitCode }
}
