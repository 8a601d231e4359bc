import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../errors.js'
import { endServer } from './end.js'
import { writeStateFile } from './state-file.js'

/** What the states of all labs with one server say. */
type ServerState = { readonly options: { readonly name: string }; readonly release?: string }

/** What runs a lab's one server: a process of this machine, or a container. */
export type ServerRunner<State> = {
  /** Starts the server; resolves with what identifies it, before it is ready. */
  start(folder: string, state: State): Promise<Partial<State>>
  isUp(state: State): Promise<boolean>
  /** Returns false when there was nothing to signal. */
  signal(state: State, name: NodeJS.Signals): Promise<boolean>
  hasEnded(state: State, milliseconds: number): Promise<boolean>
  /** The last lines of the server's log. */
  tail(folder: string, state: State): Promise<string[]>
  /** After the server has ended: whatever else was made outside the lab's folder. */
  cleanUp(state: State): Promise<void>
}

/** What sets the labs of one service apart from those of another. */
export type Service<State> = {
  /** For messages: the service, its log, and what of its options may be wrong. */
  readonly title: string
  readonly log: string
  readonly setting: string
  /** How long it may take to answer, and how long to end, in milliseconds. */
  readonly patience: number
  readonly grace: number
  /** Ends a server whose data is to go. */
  readonly lastSignal: NodeJS.Signals
  runnerOf(state: State): ServerRunner<State>
  /** What the server says its release is, or undefined while it does not answer. */
  versionIfReady(folder: string, state: State): Promise<string | undefined>
}

type At<State> = { readonly folder: string; readonly state: State; readonly stop?: AbortSignal }

/**
 * Starts the server, records it before waiting, and waits until it answers. Throws a UserError with the end of the log when it
 * ends first, or after the service's patience.
 */
export async function bringUpServer<State extends ServerState>(
  service: Service<State>,
  { folder, state, stop }: { folder: string; state: State; stop: AbortSignal | undefined },
): Promise<State> {
  const started = { ...state, ...(await service.runnerOf(state).start(folder, state)) }
  await writeStateFile(folder, started)
  const release = await untilReady(service, { folder, state: started, ...(stop ? { stop } : {}) })
  const ready = { ...started, release }
  await writeStateFile(folder, ready)
  return ready
}

/** Ends the server and removes the lab's folder and data. */
export async function removeServer<State>(service: Service<State>, folder: string, state: State): Promise<void> {
  const runner = service.runnerOf(state)
  await endServer(runner, state, { name: service.lastSignal, grace: service.grace })
  await runner.cleanUp(state)
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

async function untilReady<State extends ServerState>(service: Service<State>, at: At<State>): Promise<string> {
  const { patience } = service
  const end = Date.now() + patience
  for (;;) {
    const release = await service.versionIfReady(at.folder, at.state)
    if (release !== undefined) return release
    at.stop?.throwIfAborted()
    if (!(await service.runnerOf(at.state).isUp(at.state))) throw await failure(service, at, 'ended while it started')
    if (Date.now() > end) throw await failure(service, at, `gave no answer within ${patience / 1000} s`)
    await sleep(100)
  }
}

async function failure<State extends ServerState>(
  service: Service<State>,
  { folder, state }: At<State>,
  what: string,
): Promise<UserError> {
  const lines = await service.runnerOf(state).tail(folder, state)
  return new UserError(`The ${service.title} of the lab ${state.options.name} ${what}`, {
    code: 'lab-start',
    hint: `The end of its log follows. A port in use, or ${service.setting} that it does not take, is the usual cause.`,
    details: lines.map(message => ({ at: service.log, message })),
  })
}
