import type { Io } from '../../io.js'

/** The same process with another soft stop, and with another standard output where one is given. */
export function ioWith(io: Io, { soft = io.soft, out = io.out }: Partial<Pick<Io, 'soft' | 'out'>>): Io {
  const { env, err, hard, now, outClosed, secrets } = io
  return {
    ...{ out, err, env, now, soft, hard },
    ...(outClosed === undefined ? {} : { outClosed }),
    ...(secrets === undefined ? {} : { secrets }),
    // Getters: opening standard input costs time, and most commands never ask.
    get in() {
      return io.in
    },
    get interactive() {
      return io.interactive
    },
    get exitCode() {
      return io.exitCode
    },
    set exitCode(code) {
      io.exitCode = code
    },
  }
}
