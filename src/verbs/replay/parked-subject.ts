import { join } from 'node:path'
import { formatAddress, type Place, parseAddress } from '../../core/address.js'
import { byKind } from '../../core/by-kind.js'
import { defined } from '../../core/defined.js'
import type { Mark } from '../../core/event.js'
import type { FanoutPlan } from '../../core/fanout-plan.js'
import type { DrainPlan, RunPlan } from '../../core/plan.js'
import { isDrainPlan, isKafkaPlan, isQueuePlan } from '../../core/plan-names.js'
import { runOfTemporary } from '../../core/temporary-topic.js'
import type { DrainRefusal } from '../../drain/refusals.js'
import { UserError } from '../../errors.js'
import type { Io } from '../../io.js'
import { type ParkedRecord, parkedIdentity, reviveParked } from '../../journal/parked.js'
import { parseLine, readLines } from '../../journal/read-lines.js'
import { PARKED_FILE } from '../../journal/run-folder.js'
import type { ReplayChunk, ReplayLane } from '../../replay/ports.js'
import { openKnownRun } from '../restore/opened.js'
import type { ReplaySubject } from './ends.js'
import { messageOf, type Parking } from './parked-message.js'
import { parkedRowsCommand } from './parked-rows.js'

const LANE = 'parked'
const CHUNK = 200

/** What a run has set aside. Throws UserError `no-such-run`, and one that names the place where it was sent instead. */
export async function parkedSubject(run: string, io: Io): Promise<ReplaySubject> {
  const { folder, plan } = await openKnownRun(run, io)
  const file = fileOf(plan, folder.path)
  const origin = await originOf(plan, io)
  const parking = await parkingOf(origin)
  const { messages, bytes, withoutFrames, rows } = await counted(file, parking)
  const isAtWork = await folder.alive()
  return {
    look: {
      source: `parked:${run}`,
      from: { kind: 'parked', run },
      system: parking.system,
      lanes: messages === 0 ? [] : [{ lane: LANE, from: '0', to: String(messages), messages: BigInt(messages) }],
      bytes: BigInt(bytes),
      warnings: warnings(withoutFrames, parking),
      ...defined({ partitions: origin.partitions }),
    },
    refusals: [...(isAtWork ? [atWork(run)] : []), ...unmapped(rows, plan)],
    origin: origin.place,
    run,
    open: async ({ lanes }) => ({
      lanes: lanes.map(({ from, to }) => laneOf(file, parking, { from, to })),
      [Symbol.asyncDispose]: async () => undefined,
    }),
  }
}

/** Throws UserError where parked messages went to a topic or queue. */
function fileOf(plan: RunPlan, folder: string): string {
  const park = plan.kind === 'fanout' ? plan.park : undefined
  if (park === undefined) return join(folder, PARKED_FILE)
  if (park.startsWith('file:')) return park.slice('file:'.length)
  throw new UserError(`Run ${plan.run} parked its messages at ${park}, not in a file`, {
    hint: 'They are there as messages, with their reasons as headers: work them where they are, with `spillway fanout`.',
  })
}

type Origin = { readonly place: Place; readonly system: 'kafka' | 'rabbitmq'; readonly partitions?: number }

/** The topic or queue that parked messages came from in the first place: of temporary lanes, what was drained into them. */
async function originOf(plan: RunPlan, io: Io): Promise<Origin> {
  return byKind<Promise<Origin>>(plan, {
    drain: async drain => ofDrain(drain),
    fanout: async fanout => ofFanout(fanout, io),
    discard: async ({ source, system, user, lanes }) => ({
      place: placeOf(source, user),
      system,
      partitions: lanes.length,
    }),
    replay: async ({ from, place, system, user }) =>
      !('run' in from)
        ? { place: placeOf(place, user), system }
        : originOf((await openKnownRun(from.run, io)).plan, io),
  })
}

function ofDrain(plan: DrainPlan): Origin {
  if (isQueuePlan(plan)) return { place: placeOf(plan.source, plan.user), system: 'rabbitmq' }
  const partitions = isKafkaPlan(plan) ? plan.lanes.length : 0
  return { place: placeOf(plan.source, undefined), system: 'kafka', partitions }
}

async function ofFanout(plan: FanoutPlan, io: Io): Promise<Origin> {
  const { system, source, user, reads, of, topic, lanes } = plan
  if (reads === 'source') return { place: placeOf(source, user), system, partitions: lanes.length }
  if (of !== undefined) {
    const drain = (await openKnownRun(of, io)).plan
    if (isDrainPlan(drain)) return ofDrain(drain)
  }
  const run = runOfTemporary(topic)
  const original = run === undefined ? topic : topic.slice(0, -`.spill.${run}`.length)
  const place = placeOf(source, user)
  const { address } = place
  if (address.kind === 'kafka') return { place: { ...place, address: { ...address, topic: original } }, system }
  if (address.kind === 'rabbitmq') return { place: { ...place, address: { ...address, queue: original } }, system }
  return { place: { ...place, address: { ...address, name: original } }, system }
}

const placeOf = (source: string, user: string | undefined): Place => {
  const place = parseAddress(source)
  return user === undefined ? place : { ...place, credentials: { username: user } }
}

const parkingOf = async ({ system, partitions, place }: Origin): Promise<Parking> => {
  const { address } = place
  const name = address.kind === 'kafka' ? address.topic : address.kind === 'rabbitmq' ? address.queue : address.name
  const rabbit = system === 'rabbitmq' ? (await import('../rabbitmq/parked-frames.js')).parkedMessage : undefined
  return { system, name: name ?? formatAddress(address), ...defined({ partitions, rabbit }) }
}

async function counted(file: string, parking: Parking) {
  let [messages, bytes, withoutFrames, rows] = [0, 0, 0, 0]
  for await (const record of recordsIn(file)) {
    const message = messageOf(record, parking, messages)
    messages++
    bytes += message.size
    if (message.native === undefined) withoutFrames++
    if (record.isRow) rows++
  }
  return { messages, bytes, withoutFrames, rows }
}

const warnings = (withoutFrames: number, { system }: Parking): string[] =>
  system === 'kafka' || withoutFrames === 0
    ? []
    : [
        `${withoutFrames} messages were parked without their frames (by an older Spillway): their properties go as headers amqp.*, and headers that were no strings as text`,
      ]

/** It may park more. */
export const atWork = (run: string): DrainRefusal => ({
  code: 'at-work',
  message: `Run ${run} is still at work, and may park more`,
  hint: `Let it end, or stop it: spillway abort ${run}.`,
  mayClear: true,
})

/** Consumers expect messages, not rows. */
const unmapped = (rows: number, plan: RunPlan): DrainRefusal[] => {
  const command = plan.kind === 'replay' ? parkedRowsCommand(plan) : undefined
  if (rows === 0 || command === undefined) return []
  return [
    {
      code: 'unmapped',
      message: `${rows} of them are rows that the mapping could make no messages of`,
      hint: `Mend the mapping, or the rows, and have them read again: ${command}`,
      mayClear: false,
    },
  ]
}

/** Each message once, although a resumed run may have written one again. */
async function* recordsIn(file: string): AsyncGenerator<ParkedRecord> {
  const seen = new Set<string>()
  for await (const line of readLines(file)) {
    const record = parseLine(file, line, reviveParked)
    const identity = parkedIdentity(record)
    if (!seen.has(identity)) yield record
    seen.add(identity)
  }
}

const laneOf = (
  file: string,
  parking: Parking,
  { from, to }: { readonly from: Mark; readonly to: Mark },
): ReplayLane => ({
  lane: LANE,
  from,
  to,
  messages: BigInt(to) - BigInt(from),
  read: (at, soft) => read(file, parking, { from: Number(at), to: Number(to), soft }),
})

type Reading = { readonly from: number; readonly to: number; readonly soft: AbortSignal }

async function* read(file: string, parking: Parking, { from, to, soft }: Reading): AsyncGenerator<ReplayChunk> {
  let at = 0
  let items = []
  for await (const record of recordsIn(file)) {
    if (soft.aborted || at >= to) break
    if (at >= from) items.push({ message: messageOf(record, parking, at), next: String(at + 1) })
    at++
    if (items.length < CHUNK) continue
    yield { items, next: String(at), skipped: 0 }
    items = []
  }
  if (items.length > 0) yield { items, next: String(at), skipped: 0 }
}
