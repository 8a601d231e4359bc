import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { lineSplitter } from '../lines.js'

/** A stream that gives its lines away. */
export const lineStream = (onLine: (line: string) => void): Writable => {
  const split = lineSplitter(onLine)
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      split(chunk)
      done()
    },
  })
}

/** Gives `console` of this process to the module: what it logs must not land in the result on standard output. Returns the way back. */
export function divertConsole(onLine: (line: string) => void): () => void {
  const before = globalThis.console
  const stream = lineStream(onLine)
  globalThis.console = new Console({ stdout: stream, stderr: stream, colorMode: false })
  return () => {
    globalThis.console = before
  }
}
