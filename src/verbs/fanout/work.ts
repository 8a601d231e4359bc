import type { RunEvent } from '../../core/event.js'
import type { FanoutPlan } from '../../core/fanout-plan.js'
import type { Gate } from '../../core/ports.js'
import { UserError } from '../../errors.js'
import { openHandler } from '../../fanout/handlers/open-handler.js'
import { boundHeap } from '../../fanout/heap-bound.js'
import type { Handler, Sender } from '../../fanout/ports.js'
import { work } from '../../fanout/work.js'
import type { Worker } from '../run/execute.js'
import type { Where } from '../system.js'
import type { FanEnds, Fanning } from './ends.js'
import { LateGate } from './late-gate.js'
import { openPark, type ParkPlace } from './park.js'
import { openPlace, type PlacesGiven } from './places.js'

/** What a run of a fan-out is made of, beside what it reads. */
export type Working = {
  readonly plan: FanoutPlan
  readonly ends: FanEnds
  /** Addresses with their credentials, as given with this command. */
  readonly request: PlacesGiven
  readonly isWhole: () => Promise<boolean>
  readonly where: Where
}

/** The handler, started, and what it and the parking need. */
export type FanWork = AsyncDisposable & Worker<FanoutPlan>

/** Opens what handles and parks, so that what cannot run at all is told before a run begins. Throws UserError. */
export async function openWork(working: Working): Promise<FanWork> {
  const opened: AsyncDisposable[] = []
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]()
  }
  try {
    const gate = new LateGate()
    const sender = await senderOf(working, gate)
    if (sender !== undefined) opened.push(sender)
    const park = await openPark(working, gate)
    opened.push(park)
    const handler = handlerOf(working, sender)
    opened.push(handler)
    await handler.start()
    const begin = (running: AtWork['running']) => {
      gate.bind(running.gate)
      return events(working, { handler, park, running })
    }
    return { events: begin, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

const senderOf = async (working: Working, gate: Gate): Promise<Sender | undefined> => {
  const { plan, request, where } = working
  if (plan.handler.kind !== 'to') return undefined
  const given = request.handler?.kind === 'to' ? request.handler.place : undefined
  const sender = await openPlace({ address: plan.handler.address, given, request, gate }, where)
  if (sender.target !== plan.source.split('?')[0]) return sender
  await sender[Symbol.asyncDispose]()
  throw new UserError(`--to ${sender.target} is what is read: every message would come again`, {
    hint: 'Name another topic or queue.',
  })
}

/** Of it some 30 MB are alive, and 16 MB young. */
const HEAP = 64 << 20

/** How a line of a handler's own is told apart from Spillway's. */
const LINE = 'handler: '

const handlerOf = ({ plan, where: { io, present } }: Working, sender: Sender | undefined): Handler => {
  const say = (line: string) => void io.err.write(`${LINE}${line}\n`)
  const login = /^([^:]*):(.*)$/s.exec(io.env.SPILLWAY_HTTP_LOGIN ?? '')
  if (login?.[2]) io.secrets?.add(login[2])
  return openHandler(plan.handler, {
    workers: plan.workers,
    concurrency: plan.concurrency,
    timeoutMs: plan.timeoutMs,
    env: io.env,
    cwd: process.cwd(),
    ...(present.quiet ? {} : { stderr: say }),
    ...(present.verbose === true ? { output: say } : {}),
    ...(sender === undefined ? {} : { sender }),
    ...(login === null ? {} : { credentials: { username: login[1] ?? '', password: login[2] ?? '' } }),
  })
}

type AtWork = { readonly handler: Handler; readonly park: ParkPlace; readonly running: Omit<Fanning, 'isWhole'> }

async function* events({ ends, isWhole }: Working, { handler, park, running }: AtWork): AsyncGenerator<RunEvent> {
  const { plan, gate, pacer, soft, io } = running
  using _heap = boundHeap(HEAP)
  await using intake = await ends.intake({ ...running, isWhole })
  const parts = {
    intake,
    handler: started(handler),
    park: park.into(running),
    gate,
    pacer,
    now: io.now,
    order: plan.order,
    retries: plan.retries,
    maxAhead: plan.maxAhead,
    maxParkedPercent: plan.maxParkedPercent,
    maxErrorPercent: plan.maxErrorPercent,
    pace: plan.pace,
    expected: plan.expect.messages,
  }
  yield* work(parts, { soft, hard: io.hard })
}

/** It was started before the run began; whoever opened it closes it. */
const started = (handler: Handler): Handler => ({
  slots: handler.slots,
  start: async () => undefined,
  handle: (attempt, hard) => handler.handle(attempt, hard),
  [Symbol.asyncDispose]: async () => undefined,
})
