import type { ResumeRequest } from '../../commands/requests.js'
import type { FanoutPlan } from '../../core/fanout-plan.js'
import type { RunSoFar } from '../../core/fold.js'
import { homeFolder } from '../../core/home.js'
import type { DrainPlan, RunPlan } from '../../core/plan.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { wholeOf } from '../fanout/subject.js'
import { type FanWork, openWork } from '../fanout/work.js'
import { execute } from '../run/execute.js'
import { systemFor, type Where } from '../system.js'
import { atRate } from './at-rate.js'
import { whole } from './whole.js'

/** A run of any kind, connected to what it was about, to be carried on. */
export type OpenedAgain = AsyncDisposable & {
  /** Throws Refusal `stale` where the addresses lead elsewhere by now. */
  assertSamePlace(): Promise<void>
  /** Who stands in the way, in words; undefined where nobody does. */
  busy(): Promise<string | undefined>
  /** Makes ready what handles. Throws UserError where it cannot run at all. */
  prepare(): Promise<void>
  /** Carries it on to its balance sheet; `state` is how far it had come. */
  execute(folder: RunFolder, state: RunSoFar): Promise<void>
}

export type Again = { readonly request: ResumeRequest; readonly where: Where; readonly state: RunSoFar }

/** Connects to both ends of a drain. Throws UserError. */
export const openDrainAgain = async (plan: DrainPlan, request: ResumeRequest, where: Where): Promise<OpenedAgain> => {
  const ends = await (await systemFor(plan)).connect(plan, request, where)
  return {
    assertSamePlace: () => ends.assertSamePlace(plan),
    busy: () => ends.busy(plan),
    prepare: async () => undefined,
    execute: (folder, state) => execute({ ...resuming(whole(plan, state), { request, where, state }), folder, ends }),
    [Symbol.asyncDispose]: () => ends[Symbol.asyncDispose](),
  }
}

/** Connects to what a fan-out reads, and starts its handler once that is looked at. Throws UserError. */
export const openFanoutAgain = async (plan: FanoutPlan, request: ResumeRequest, where: Where): Promise<OpenedAgain> => {
  const ends = await (await systemFor(plan)).connectFanout(plan, request, where)
  const isWhole = await wholeOf(plan, homeFolder(where.io.env))
  const opened: FanWork[] = []
  return {
    assertSamePlace: () => ends.assertSamePlace(plan),
    busy: () => ends.busy(plan),
    prepare: async () => void opened.push(await openWork({ plan, ends, request, isWhole, where })),
    async execute(folder, state) {
      for (const work of opened) await execute({ ...resuming(plan, { request, where, state }), folder, ends: work })
    },
    async [Symbol.asyncDispose]() {
      for (const work of opened) await work[Symbol.asyncDispose]()
      await ends[Symbol.asyncDispose]()
    },
  }
}

/** An execution that goes on where the run stopped, at the rate that was set last. */
export const resuming = <P extends RunPlan>(plan: P, { request, state, where: { io, present } }: Again) => {
  const { ignore, rate, reason } = request
  return {
    plan: atRate(plan, rate ?? state.rate),
    mode: 'resume' as const,
    rate,
    ignore,
    reason,
    given: request,
    io,
    present,
  }
}
