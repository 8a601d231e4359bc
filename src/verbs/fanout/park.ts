import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Gate } from '../../core/ports.js'
import { BrokerError } from '../../errors.js'
import { type Park, type Parked, type Sender, UncarriableError } from '../../fanout/ports.js'
import type { ParkedRecord } from '../../journal/parked.js'
import { type FramesOf, framesFor } from '../replay/frames-for.js'
import type { Fanning } from './ends.js'
import { openParkFile } from './park-file.js'
import { openPlace } from './places.js'
import type { Working } from './work.js'

/** Where parked messages go, open; `into` makes the engine's port of it for one execution. */
export type ParkPlace = AsyncDisposable & { into(running: Omit<Fanning, 'isWhole'>): Park }

/** A broker that cannot take a parked message now is asked again this often. Milliseconds. */
const AGAIN_MS = 1000
const LANE = 'parking'

/** Opens the place of a plan's parked messages: the run's folder, a file, or a topic or queue. Throws UserError. */
export async function openPark({ plan, request, where }: Working, gate: Gate): Promise<ParkPlace> {
  const framesOf = await framesFor(plan.system)
  const folder = (running: Omit<Fanning, 'isWhole'>) => inFolder(running, framesOf)
  if (plan.park === undefined) return { into: folder, [Symbol.asyncDispose]: async () => undefined }
  if (plan.park.startsWith('file:')) {
    const file = await openParkFile(plan.park.slice('file:'.length))
    return {
      into: running => {
        const record = recorder(running, framesOf)
        return parked => file.append(record(parked))
      },
      [Symbol.asyncDispose]: () => file.close(),
    }
  }
  const given = request.park !== undefined && 'place' in request.park ? request.park.place : undefined
  const sender = await openPlace({ address: plan.park, given, request, gate }, where)
  const into = (running: Omit<Fanning, 'isWhole'>) => bySender(sender, running, folder(running))
  return { into, [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose]() }
}

const inFolder = (running: Omit<Fanning, 'isWhole'>, framesOf: FramesOf): Park => {
  const record = recorder(running, framesOf)
  return parked => running.folder.park(record(parked))
}

/** What the target can never take goes into the run's folder: poison must not stay in its lane. */
const bySender = (sender: Sender, { gate, io }: Omit<Fanning, 'isWhole'>, folder: Park): Park => {
  return async parked => {
    for (;;) {
      try {
        await sender.send(parked.message, headersOf(parked))
        return gate.recovered(LANE)
      } catch (error) {
        if (error instanceof UncarriableError)
          return folder({ ...parked, reason: `${parked.reason} (not parked at ${sender.target}: ${error.message})` })
        if (!(error instanceof BrokerError && error.retry)) throw error
        gate.trouble(LANE, `parking: ${error.message}`)
        await sleep(AGAIN_MS, undefined, { signal: io.hard })
      }
    }
  }
}

const headersOf = ({ message, reason, attempts }: Parked): readonly (readonly [string, string])[] => [
  ['spillway-reason', reason],
  ['spillway-attempts', String(attempts)],
  ['spillway-origin', `${message.target}/${message.lane}/${message.mark}`],
]

/** A queue has no positions, so what comes again after a kill cannot be told from another of the same bytes: each is kept. */
const recorder = ({ plan, io }: Omit<Fanning, 'isWhole'>, framesOf: FramesOf): ((parked: Parked) => ParkedRecord) => {
  const execution = randomBytes(4).toString('hex')
  let count = 0
  return ({ message, reason, attempts }) => {
    count += 1
    const mark = plan.system === 'kafka' ? message.mark : `${message.mark}.${execution}.${count}`
    const { key, value, headers, target, lane } = message
    const origin = { target, lane, mark, at: io.now().toISOString() }
    const id = plan.system === 'kafka' ? {} : { id: message.id }
    const rest = { key, value, headers, timestamp: BigInt(message.timestamp), reason, attempts, origin }
    return { ...id, ...rest, ...framesOf(message) }
  }
}
