import type { RunbookRunRequest } from '../../commands/runbook.js'
import { EXIT, type SpillwayError, Stopped, UserError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import type { Step } from '../../runbook/runbook.js'
import { halted, show } from './halt.js'
import { lockRecord } from './lock.js'
import { passwordsIn } from './password.js'
import type { Prepared } from './prepare.js'
import { Session } from './session.js'
import { openShell } from './shell.js'
import { Stage } from './stage.js'
import { type Outcome, runStep, type Tools, wasBegun } from './step.js'

type Where = { readonly io: Io; readonly present: Presentation }

/** Runs the steps in order. Sets `io.exitCode`; throws where it stops on the way, with the ways back and the command that carries on. */
export async function execute(prepared: Prepared, request: RunbookRunRequest, { io, present }: Where): Promise<void> {
  if (!request.yes && !io.interactive) throw nobodyToAsk()
  const shell = await openShell(io, { config: request.config, passwords: passwordsIn(prepared.values) })
  const session = new Session(io, prepared, request.reason)
  await using _lock = await lockRecord(session.record.id, io.env)
  const tools: Tools = { io, request, session, shell, stage: new Stage(io, present) }
  await session.end('running')
  const showing = { prepared, request, session, io, present, quote: shell.quote }
  for (const step of prepared.found.runbook.steps.slice(prepared.from - 1)) {
    const outcome = await recorded(step, tools)
    if (outcome.state === 'done') continue
    const error: SpillwayError = halted(step, outcome, showing)
    await session.end(outcome.state)
    show(showing, error)
    throw error
  }
  await session.end('complete')
  show(showing)
  io.exitCode = EXIT.complete
}

/** Runs a step and keeps in the record what became of it. */
async function recorded(step: Step, tools: Tools): Promise<Outcome> {
  const began = performance.now()
  const outcome = await stoppable(step, tools)
  const seconds = Math.round(performance.now() - began) / 1000
  const { state, exitCode } = outcome
  // A step that was begun once stays so when its gate refuses the next time: its second command is the one to go on with.
  const untouched = state !== 'done' && exitCode === null && wasBegun(tools.session.stepRecord(step.name))
  await tools.session.mark(step.name, untouched ? {} : { state, exitCode, seconds })
  return outcome
}

/** A stop is an outcome like others: it has a way back and a way on too. */
async function stoppable(step: Step, tools: Tools): Promise<Outcome> {
  try {
    return await runStep(step, tools)
  } catch (error) {
    const stopped = { state: 'stopped', exitCode: null, failing: [] } as const
    if (tools.io.soft.reason instanceof Stopped) return { ...stopped, why: tools.io.soft.reason.message.toLowerCase() }
    if (error instanceof Stopped) return { ...stopped, why: error.message.toLowerCase() }
    if (error instanceof UserError && error.code === 'not-confirmed') return { ...stopped, why: 'it was not confirmed' }
    throw error
  }
}

const nobodyToAsk = (): UserError =>
  new UserError('Steps that change something are asked about, and there is no terminal to ask at', {
    code: 'not-confirmed',
    hint: 'Look at the chain without --execute, then add --yes.',
  })
