import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'

/**
 * Remembers which of the standard files are terminals; the answer closes those that are none any more. Node restores its terminal at
 * exit and aborts with SIGABRT where that is gone (node::ResetStdio), but leaves closed files alone.
 */
export function watchTerminals(): () => void {
  const terminals = [0, 1, 2].filter(fd => isatty(fd))
  return () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd)
  }
}
