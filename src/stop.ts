import { Stopped } from './errors.js'

type Signals = Pick<NodeJS.Process, 'on' | 'off'>

/** Two-press stop: the first signal aborts `soft` (take no more), the second `hard` (drop what is in flight). */
export type Stop = { readonly soft: AbortSignal; readonly hard: AbortSignal; readonly release: () => void }

const NAMES = ['SIGINT', 'SIGTERM'] as const

/** Listens until `release` is called. A closed terminal (SIGHUP) is one press, however often it comes. */
export const listenForStop = (proc: Signals): Stop => {
  const soft = new AbortController()
  const hard = new AbortController()
  const press = (name: NodeJS.Signals): void => (soft.signal.aborted ? hard : soft).abort(new Stopped(name))
  const hangUp = (): void => soft.abort(new Stopped('SIGHUP'))
  for (const name of NAMES) proc.on(name, press)
  proc.on('SIGHUP', hangUp)
  const release = (): void => {
    for (const name of NAMES) proc.off(name, press)
    proc.off('SIGHUP', hangUp)
  }
  return { soft: soft.signal, hard: hard.signal, release }
}
