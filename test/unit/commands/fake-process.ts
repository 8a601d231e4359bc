import { EventEmitter } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { main } from '../../../src/cli.js'

/** A process of which only what `main` looks at is there; `signal` presses Ctrl-C or the like. */
export const fakeProcess = (args: readonly string[], env: Record<string, string> = {}) => {
  const written = { out: '', err: '' }
  const events = new EventEmitter()
  const sink = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk, _encoding, done) => {
        written[name] += String(chunk)
        done()
      },
    })
  const proc = Object.assign(events, {
    argv: ['node', 'spillway', ...args],
    env: { SPILLWAY_HOME: '/nowhere', HOME: '/nowhere', ...env },
    stdin: Readable.from([]),
    stdout: sink('out'),
    stderr: sink('err'),
  })
  return {
    proc: proc as unknown as Parameters<typeof main>[0],
    written,
    signal: (name: string) => events.emit(name, name),
  }
}

/** Runs a command line in this process. */
export const spillway = async (args: readonly string[], env: Record<string, string> = {}) => {
  const { proc, written } = fakeProcess(args, env)
  const code = await main(proc)
  return { code, ...written }
}
