import { hostname, userInfo } from 'node:os'
import { ask } from '../../control/client.js'
import type { Request } from '../../control/protocol.js'
import type { Envelope } from '../../core/envelope.js'
import { foldAll } from '../../core/fold.js'
import { Refusal } from '../../errors.js'
import type { RunFolder } from '../../journal/run-folder.js'

/** Who steers, for the journal: `user@host`, and why in brackets if that was said. */
export const operator = (reason?: string): string => {
  const who = `${userInfo().username}@${hostname()}`
  return reason === undefined ? who : `${who} (${reason})`
}

/**
 * Asks the live runner; resolves with its envelope after the change, or undefined where no process works on the run.
 * Throws RunError `unresponsive`, Refusal with the runner's own words.
 */
export async function steer(folder: RunFolder, request: Request): Promise<Envelope | undefined> {
  const answer = await ask(folder.path, request)
  if (answer === 'not running') return undefined
  if (answer.ok) return answer.envelope
  const { code, message, hint } = answer.error
  throw new Refusal(message, { code, hint })
}

/** As `steer`, for what only a live run can do: throws Refusal `not-running` for a dead one. */
export async function steerLive(folder: RunFolder, request: Request): Promise<Envelope> {
  const envelope = await steer(folder, request)
  if (envelope === undefined) throw await notRunning(folder, request.type)
  return envelope
}

/** What is left to do with a run that nobody works on. */
async function onward(folder: RunFolder): Promise<string> {
  const over = (await foldAll(folder.events())).ending?.kind
  return over === 'complete' || over === 'undone'
    ? `It is ${over}: see \`spillway report ${folder.id}\`.`
    : `\`spillway status ${folder.id}\` says why it stopped, \`spillway resume ${folder.id}\` carries it on.`
}

/** The refusal of what only a live run can do. `elsewhere` names the holder of another host. */
export async function notRunning(folder: RunFolder, what: string): Promise<Refusal> {
  const held = await folder.holder()
  if (held !== undefined && held.standing !== 'dead') {
    const { pid, host } = held.holder
    return new Refusal(`Run ${folder.id} is held by process ${pid} on ${host}, which cannot be reached from here`, {
      code: 'unreachable-runner',
      hint: `Give the command on ${host}; where that process is gone, carry the run on: spillway resume ${folder.id} --take-over.`,
    })
  }
  return new Refusal(`No process works on run ${folder.id}, so there is nothing to ${what}`, {
    code: 'not-running',
    hint: await onward(folder),
  })
}
