import type { Io, Presentation } from '../../io.js'

/** Says on standard error that the window runs; `clear` takes the line away. */
export type ProgressLine = { readonly show: (elapsed: number) => void; readonly clear: () => void }

const CLEAR_LINE = '\r\u001b[K'

/** A line that counts up on a terminal, nothing elsewhere or with `--quiet`. */
export const progressLine = (io: Io, present: Presentation): ProgressLine => {
  const terminal = 'isTTY' in io.err && io.err.isTTY === true && io.env.TERM !== 'dumb'
  if (present.quiet || !terminal) return { show: () => undefined, clear: () => undefined }
  io.err.write('measuring…')
  return {
    show: elapsed => io.err.write(`${CLEAR_LINE}measuring… ${Math.round(elapsed * 100)} %`),
    clear: () => io.err.write(CLEAR_LINE),
  }
}
