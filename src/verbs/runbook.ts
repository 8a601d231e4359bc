import type { RunbookRequest, RunbookRunRequest } from '../commands/runbook.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { toPrettyJson } from '../present/json.js'
import { showDryRun } from './runbook/dry-run.js'
import { openRunbook } from './runbook/find.js'
import { showList } from './runbook/list.js'
import { prepare } from './runbook/prepare.js'

/** Lists runbooks, and records that are not finished. Sets `io.exitCode`. */
export async function runbookList(io: Io, present: Presentation): Promise<void> {
  await showList(io, present)
  io.exitCode = EXIT.complete
}

/** Prints one runbook: its text, or in JSON its parts. Sets `io.exitCode`. Throws a UserError with all of its problems. */
export async function runbookShow(request: RunbookRequest, io: Io, present: Presentation): Promise<void> {
  const { name, path, markdown, runbook } = await openRunbook(request.name)
  io.out.write(present.format === 'json' ? toPrettyJson({ name, path, ...runbook, markdown }) : markdown)
  io.exitCode = EXIT.complete
}

/** Prints the chain of a runbook, or with `execute` runs it. Sets `io.exitCode`, or throws the reason why it stopped. */
export async function runbookRun(request: RunbookRunRequest, io: Io, present: Presentation): Promise<void> {
  const prepared = await prepare(request, io)
  if (!request.execute) {
    await showDryRun(prepared, request, { io, present })
    io.exitCode = EXIT.complete
    return
  }
  const { execute } = await import('./runbook/execute.js')
  await execute(prepared, request, { io, present })
}
