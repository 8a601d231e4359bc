import { createHash } from 'node:crypto'
import { Refusal, UserError } from '../errors.js'
import { type ByKind, byKind } from './by-kind.js'
import { canonicalJson } from './canonical-json.js'
import type { DiscardPlan } from './discard-plan.js'
import type { FanoutPlan } from './fanout-plan.js'
import { type DrainPlan, type KafkaPlan, PLAN_VERSION, type RunPlan } from './plan.js'
import { isDrainPlan, replayCommand } from './plan-names.js'
import type { ReplayPlan } from './replay-plan.js'
import { isRecord, type JsonRecord, toBigint } from './revive.js'
import { reviveDiscardPlan } from './revive-discard-plan.js'
import { reviveFanoutPlan } from './revive-fanout-plan.js'
import { reviveQueuePlan } from './revive-queue-plan.js'
import { reviveReplayPlan } from './revive-replay-plan.js'

/** `sha256:` and the hex digest of a value's canonical JSON. */
export const digestOf = (value: unknown): string =>
  `sha256:${createHash('sha256').update(canonicalJson(value)).digest('hex')}`

/** Adds the digest of everything else in the plan. */
export const signPlan = <P extends object>(plan: P): P & { readonly digest: string } => ({
  ...plan,
  digest: digestOf(plan),
})

/**
 * Reads a saved plan: its text, or the value that JSON made of it. Throws UserError for what is no plan (`plan-unreadable`) or is of
 * another version (`plan-version`), and Refusal `plan-edited` where the digest does not match.
 */
export function verifyPlan(saved: unknown): RunPlan {
  const raw = typeof saved === 'string' ? parse(saved) : saved
  if (!isRecord(raw) || typeof raw.kind !== 'string') throw noPlan()
  if (raw.version !== PLAN_VERSION) {
    throw new UserError('This plan was written by another version', {
      code: 'plan-version',
      hint: `It has version ${String(raw.version)}, this Spillway reads ${PLAN_VERSION}. Plan again.`,
    })
  }
  const { digest, ...rest } = raw
  if (digest !== digestOf(rest)) {
    throw new Refusal('This plan was edited after it was made', {
      code: 'plan-edited',
      hint: 'Its digest does not match. Plan again with the flags that you want; a plan file is not to be changed by hand.',
    })
  }
  const revive = Object.hasOwn(REVIVE, raw.kind) ? REVIVE[raw.kind] : undefined
  if (revive === undefined) throw noPlan()
  return revive(raw)
}

const reviveDrainPlan = (raw: JsonRecord): DrainPlan =>
  raw.system === 'rabbitmq' ? reviveQueuePlan(raw) : revivePlan(raw)

const REVIVE: Readonly<Record<string, (raw: JsonRecord) => RunPlan>> = {
  drain: reviveDrainPlan,
  fanout: reviveFanoutPlan,
  discard: reviveDiscardPlan,
  replay: reviveReplayPlan,
}

/** As `verifyPlan`, for what only a drain has. Throws UserError `not-a-drain` for the plan of another kind. */
export function verifyDrainPlan(saved: unknown): DrainPlan {
  const plan = verifyPlan(saved)
  if (isDrainPlan(plan)) return plan
  throw notADrain(plan)
}

/** The error of a verb that is for drains, and was given a run of another kind; the hint says what there is instead. */
export const notADrain = (plan: FanoutPlan | DiscardPlan | ReplayPlan): UserError => {
  const { what, hint } = byKind(plan, OTHERS)
  return new UserError(`Run ${plan.run} is a ${what}, no drain`, { code: 'not-a-drain', hint })
}

const ANY_DRAIN = 'Name the run of the drain; `spillway runs` lists them.'

const OTHERS: ByKind<{ readonly what: string; readonly hint: string }> = {
  drain: () => ({ what: 'drain', hint: ANY_DRAIN }),
  fanout: ({ of }) => ({ what: 'fan-out', hint: of === undefined ? ANY_DRAIN : `Name the drain: ${of}.` }),
  discard: plan => ({
    what: 'discard',
    hint:
      plan.archive === undefined
        ? 'It kept no archive, and leaves nothing temporary behind.'
        : `It leaves nothing temporary behind. To send again what it let go: ${replayCommand(plan)}.`,
  }),
  replay: () => ({ what: 'replay', hint: `A replay leaves nothing temporary behind. ${ANY_DRAIN}` }),
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw noPlan(cause)
  }
}

const noPlan = (cause?: unknown) =>
  new UserError('This file is not a plan of Spillway', {
    code: 'plan-unreadable',
    hint: 'Make one with `spillway drain SOURCE --save FILE`.',
    cause,
  })

/** Gives a plan that came from JSON its bigints back; the digest has vouched for its shape. */
function revivePlan(raw: JsonRecord): KafkaPlan {
  const plan = raw as unknown as KafkaPlan
  const { expect } = plan
  return {
    ...plan,
    lanes: plan.lanes.map(lane => ({ ...lane, messages: toBigint(lane.messages) })),
    disk: plan.disk.map(({ freeBytes, boundBytes, ...disk }) => ({
      ...disk,
      needBytes: toBigint(disk.needBytes),
      ...(freeBytes === undefined ? {} : { freeBytes: toBigint(freeBytes) }),
      ...(boundBytes === undefined ? {} : { boundBytes: toBigint(boundBytes) }),
    })),
    expect: {
      ...expect,
      messages: toBigint(expect.messages),
      bytes: toBigint(expect.bytes),
      pilesUp: toBigint(expect.pilesUp),
    },
  }
}
