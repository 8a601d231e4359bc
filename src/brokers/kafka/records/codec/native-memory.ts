import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const EVERY_BYTES = 4 * 1024 * 1024

type Collect = (options: { type: 'minor' }) => void

let collect: Collect | undefined
let pending = 0

/**
 * Counts bytes that a native codec allocated for a result. V8 frees such memory late, only after collecting the small object
 * that holds it: 3000 batches of 256 KiB left 465 MB resident. A collection of the youngest objects for every 4 MiB
 * takes about 1 ms, holds that at 133 MB and is quicker on the whole, as the same pages are used again.
 */
export function allocatedNatively(bytes: number): void {
  pending += bytes
  if (pending < EVERY_BYTES) return
  pending = 0
  collect ??= exposed()
  collect({ type: 'minor' })
}

function exposed(): Collect {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as Collect
}
