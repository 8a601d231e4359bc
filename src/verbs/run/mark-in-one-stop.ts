import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 mark old objects in one stop instead of ahead and in steps. The old objects of a copy are few (15 MB, 10 ms to mark), but the
 * buffers that they hold count too, so that V8 began anew all the time: up to 97 rounds for a million records of lz4, each of which
 * freed under 2 MB, for 0.1 to 1.4 s of CPU.
 */
export function markInOneStop(): void {
  setFlagsFromString('--no-incremental-marking')
}
