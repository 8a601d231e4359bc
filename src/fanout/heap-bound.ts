import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** It looks this often. Milliseconds. */
const EVERY_MS = 500

/**
 * Has V8 collect old objects once the heap of this thread takes `bytes`, or twice what was left the last time. By itself V8 waits for some hundred MB where
 * the machine has them, and whatever is in hand while the young objects are collected is old from then on: some 300 B of each request.
 */
export function boundHeap(bytes: number): Disposable {
  let most = bytes
  const look = () => {
    if (used() < most) return
    collect()
    most = Math.max(bytes, used() * 2)
  }
  const timer = setInterval(look, EVERY_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

const used = (): number => getHeapStatistics().used_heap_size

let exposed: (() => void) | undefined

function collect(): void {
  if (exposed === undefined) {
    setFlagsFromString('--expose-gc')
    exposed = runInNewContext('gc') as () => void
  }
  exposed()
}
