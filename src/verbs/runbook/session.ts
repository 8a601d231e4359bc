import { maskAddress } from '../../core/address.js'
import { defined } from '../../core/defined.js'
import { makeRunId } from '../../core/run-id.js'
import type { Io } from '../../io.js'
import type { Value } from '../../runbook/command-text.js'
import { digestOf, type Prepared } from './prepare.js'
import { type RunbookRecord, type RunbookState, type StepRecord, saveRecord } from './record.js'

/** One execution: its values, and its record, which is on disk before anything happens that it tells of. */
export class Session {
  readonly #io: Io
  readonly #values: Map<string, Value>
  #record: RunbookRecord

  /** `reason` is kept in the record. */
  constructor(io: Io, prepared: Prepared, reason?: string) {
    this.#io = io
    this.#values = new Map(prepared.values)
    this.#record = { ...recordOf(io, prepared), ...defined({ reason: reason ?? prepared.before?.reason }) }
  }

  /** What is known so far: parameters, and what steps have kept. */
  get values(): ReadonlyMap<string, Value> {
    return this.#values
  }

  /** As it is on disk. */
  get record(): RunbookRecord {
    return this.#record
  }

  /** What became of a step so far. */
  stepRecord(name: string): StepRecord | undefined {
    return this.#record.steps.find(step => step.name === name)
  }

  /** Keeps a value for later steps; resolves when it is on disk. */
  keep(name: string, value: string): Promise<void> {
    this.#values.set(name, value)
    return this.#save({ kept: { ...this.#record.kept, [name]: value } })
  }

  /** Notes what became of a step, and with it the one to go on with. */
  mark(name: string, change: Partial<StepRecord>): Promise<void> {
    const steps = this.#record.steps.map(step => (step.name === name ? { ...step, ...change } : step))
    const following = steps[steps.findIndex(step => step.name === name) + 1]?.name ?? null
    return this.#save({ steps, nextStep: change.state === 'done' ? following : name })
  }

  /** Notes how the whole stands. */
  end(state: RunbookState): Promise<void> {
    return this.#save({ state, ...(state === 'complete' ? { nextStep: null } : {}) })
  }

  async #save(change: Partial<RunbookRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change }
    await saveRecord(this.#record, this.#io.env)
  }
}

/** The record as it is when this execution begins; what ran before stays in it. */
function recordOf(io: Io, { found, before, given, values, from }: Prepared): RunbookRecord {
  const withheld = [...given].filter(([, value]) => hasPassword(value)).map(([name]) => name)
  const parameters = found.runbook.parameters.map(({ name }) => name)
  const kept = [...values].flatMap(([name, value]) =>
    parameters.includes(name) ? [] : [[name, String(value)] as const],
  )
  return {
    version: 1,
    id: before?.id ?? makeRunId(io.now()),
    runbook: found.name,
    path: found.path,
    digest: digestOf(found.markdown),
    startedAt: before?.startedAt ?? io.now().toISOString(),
    given: Object.fromEntries(
      [...given].filter(([name]) => parameters.includes(name)).map(([name, value]) => [name, withoutPassword(value)]),
    ),
    withheld: [...new Set([...withheld, ...(before?.withheld ?? [])])],
    kept: { ...before?.kept, ...Object.fromEntries(kept) },
    steps: found.runbook.steps.map(({ name, number }) => {
      const was = before?.steps.find(step => step.name === name)
      if (was !== undefined && (number < from ? was.state === 'done' : true)) return was
      return { name, state: number < from ? 'skipped' : 'planned', exitCode: null, seconds: null }
    }),
    state: 'running',
    nextStep: found.runbook.steps[from - 1]?.name ?? null,
  }
}

const hasPassword = (value: string): boolean => maskAddress(value) !== value

// `scheme://user:***@host` is what a masked address looks like.
const withoutPassword = (value: string): string =>
  hasPassword(value) ? maskAddress(value).replace(/:\*\*\*@/g, '@') : value
