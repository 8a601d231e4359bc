import { createHash } from 'node:crypto'
import { Refusal, UserError } from '../errors.js'
import { canonicalJson } from './canonical-json.js'
import type { FanoutPlan } from './fanout-plan.js'
import { type DrainPlan, type KafkaPlan, PLAN_VERSION, type RunPlan } from './plan.js'
import { isFanoutPlan } from './plan-names.js'
import { isRecord, type JsonRecord, toBigint } from './revive.js'
import { reviveFanoutPlan } from './revive-fanout-plan.js'
import { reviveQueuePlan } from './revive-queue-plan.js'

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
  if (raw.kind === 'fanout') return reviveFanoutPlan(raw)
  return raw.system === 'rabbitmq' ? reviveQueuePlan(raw) : revivePlan(raw)
}

/** As `verifyPlan`, for what only a drain has. Throws UserError `not-a-drain` for the plan of a fan-out. */
export function verifyDrainPlan(saved: unknown): DrainPlan {
  const plan = verifyPlan(saved)
  if (!isFanoutPlan(plan)) return plan
  throw notADrain(plan)
}

/** The error of a verb that is for drains, and was given a fan-out; the hint names the drain, where it is known. */
export const notADrain = ({ run, of }: Pick<FanoutPlan, 'run' | 'of'>): UserError =>
  new UserError(`Run ${run} is a fan-out, no drain`, {
    code: 'not-a-drain',
    hint: of === undefined ? 'Name the run of the drain; `spillway runs` lists them.' : `Name the drain: ${of}.`,
  })

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
