import { setTimeout as sleep } from 'node:timers/promises'
import type { RunbookRunRequest } from '../../commands/runbook.js'
import { EXIT } from '../../errors.js'
import type { Io } from '../../io.js'
import { confirm } from '../../present/confirm.js'
import { type ChainStep, fillConditions, linkOf } from '../../runbook/chain.js'
import { type Ended, judge, type Verdict, valueAt } from '../../runbook/judge.js'
import type { CommandText, Condition, Gate, Step } from '../../runbook/runbook.js'
import type { StepRecord, StepState } from './record.js'
import type { Session } from './session.js'
import type { Shell } from './shell.js'
import type { Stage } from './stage.js'

/** What running a step needs. */
export type Tools = {
  readonly io: Io
  readonly request: RunbookRunRequest
  readonly session: Session
  readonly shell: Shell
  readonly stage: Stage
}

/** How a step ended; `failing` are the conditions that do not hold. */
export type Outcome = {
  readonly state: Extract<StepState, 'done' | 'refused' | 'failed' | 'stopped'>
  readonly exitCode: number | null
  readonly why: string
  readonly failing: readonly Verdict[]
}

/** A gate that does not hold is looked at again this often, as long as `--wait` says. */
const POLL_MS = 1000
/** An answer that took longer than this is followed by a second look at the gate. */
const STALE_MS = 10_000

/** Runs one step: gate, question, command, expectation. Throws where nobody confirms, or somebody stops it. */
export async function runStep(step: Step, tools: Tools): Promise<Outcome> {
  const { session, shell, stage } = tools
  const link = linkOf(step, { values: session.values, quote: shell.quote })
  stage.heading(link)
  return step.command === undefined ? await byHand(step, link, tools) : await byShell(step, link, tools)
}

async function byHand(step: Step, link: ChainStep, tools: Tools): Promise<Outcome> {
  await confirm(tools.io, `Is it done (step ${step.number}, ${step.name})?`, tools.request.yes)
  return (await heldBack(step.gate, link, tools)) ?? done(null)
}

async function byShell(step: Step, link: ChainStep, tools: Tools): Promise<Outcome> {
  const refused = await heldBack(step.gate, link, tools)
  if (refused) return refused
  if (step.changes) {
    const asked = performance.now()
    await confirm(tools.io, `Go on with step ${step.number} (${step.name})?`, tools.request.yes)
    const late = performance.now() - asked > STALE_MS ? await heldBack(step.gate, link, tools) : undefined
    if (late) return late
  }
  return await work(step, link, tools)
}

/** Looks at a gate until it holds or `--wait` is over; undefined where it holds, or there is none. */
async function heldBack(gate: Gate | undefined, link: ChainStep, tools: Tools): Promise<Outcome | undefined> {
  if (gate === undefined) return undefined
  const { io, request, session, shell, stage } = tools
  stage.gate(link.gate?.command ?? '')
  const until = performance.now() + request.waitMs
  for (;;) {
    const errors: string[] = []
    const sinks = { out: () => undefined, err: (text: string) => void errors.push(text) }
    const verdicts = judgeAll(gate.conditions, await shell.run(gate.command, session.values, sinks), session)
    const failing = verdicts.filter(({ holds }) => !holds)
    if (failing.length === 0 || performance.now() >= until) {
      stage.verdicts(verdicts)
      io.soft.throwIfAborted()
      if (failing.length === 0) return undefined
      stage.say(errors.join(''))
      return { state: 'refused', exitCode: null, why: 'its gate does not hold', failing }
    }
    stage.waiting(failing)
    await sleep(POLL_MS, undefined, { signal: io.soft })
  }
}

async function work(step: Step, link: ChainStep, tools: Tools): Promise<Outcome> {
  const { io, session, shell, stage } = tools
  const { command, text } = begun(step, link, session)
  stage.command(text)
  await session.mark(step.name, { state: 'running' })
  const json = step.keep.length > 0 || step.expect.some(({ kind }) => kind === 'empty' || kind === 'compare')
  const ended = await shell.run(command, session.values, stage.sinks({ json }))
  const lost = await keepValues(step, ended, tools)
  const judged = judgeAll(step.expect, ended, session)
  // What a failed command did not print is no news.
  const verdicts = judged.every(({ holds }) => holds) ? [...judged, ...lost] : judged
  const failing = verdicts.filter(({ holds }) => !holds)
  // Of a document that was to be read and is none, the text says more than what is missing in it.
  if (json && failing.length > 0 && 'missing' in valueAt(ended.stdout, [])) stage.say(ended.stdout)
  stage.verdicts(verdicts)
  const { exitCode } = ended
  if (io.soft.aborted || exitCode === EXIT.interrupted || exitCode === EXIT.terminated)
    return { state: 'stopped', exitCode, why: 'it was stopped', failing: [] }
  if (failing.length === 0) return done(exitCode)
  if (exitCode === EXIT.refused) return { state: 'refused', exitCode, why: 'its command refused', failing }
  return { state: 'failed', exitCode, why: 'what is expected does not hold', failing }
}

/** The command, or the one for a step that was begun before and left what that one needs. */
function begun(step: Step, link: ChainStep, session: Session): { command: CommandText; text: string } {
  const { again } = step
  if (wasBegun(session.stepRecord(step.name)) && again?.names.every(name => session.values.has(name)))
    return { command: again, text: link.again ?? '' }
  return { command: step.command ?? { line: 0, pieces: [''], names: [] }, text: link.command ?? '' }
}

/** Its command has run, and not to its end: a gate alone leaves no exit code. */
export const wasBegun = (record: StepRecord | undefined): boolean =>
  record !== undefined &&
  (record.state === 'running' || (record.exitCode !== null && !['planned', 'done', 'skipped'].includes(record.state)))

/** Keeps what the step's JSON holds, also of a failed one: its run can be carried on. Answers with what is not there. */
async function keepValues(step: Step, { stdout }: Ended, { session, stage }: Tools): Promise<readonly Verdict[]> {
  const lost: Verdict[] = []
  for (const { name, path } of step.keep) {
    const found = valueAt(stdout, path)
    if ('missing' in found) lost.push({ condition: `keep ${name}`, holds: false, seen: found.missing })
    else {
      const value = typeof found.value === 'string' ? found.value : JSON.stringify(found.value)
      await session.keep(name, value)
      stage.kept(name, value)
    }
  }
  return lost
}

const judgeAll = (conditions: readonly Condition[], ended: Ended, { values }: Session): readonly Verdict[] =>
  judge(fillConditions(conditions, values), ended)

const done = (exitCode: number | null): Outcome => ({ state: 'done', exitCode, why: '', failing: [] })
