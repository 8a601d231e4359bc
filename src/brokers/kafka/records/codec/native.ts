import { createRequire } from 'node:module'
import { RunError } from '../../../../errors.js'

const load = createRequire(import.meta.url)

/**
 * Loads a native codec at its first use, so that commands which touch no batch do not pay for it.
 * Throws RunError `no-codec` where the package has no build for this machine.
 */
export function once<Library>(name: string): () => Library {
  let library: Library | undefined
  return () => {
    library ??= required<Library>(name)
    return library
  }
}

/**
 * The codecs bring mimalloc, which keeps what a thread frees for 10 ms before the system gets it back: with compression on two threads that
 * was 15 MB more than with 1 ms, at the same speed; 0 costs 0.2 s of CPU per million records of lz4. It reads this variable as it is loaded.
 */
function required<Library>(name: string): Library {
  process.env.MIMALLOC_PURGE_DELAY ??= '1'
  try {
    return load(name) as Library
  } catch (cause) {
    throw new RunError(`The codec package ${name} cannot be loaded on ${process.platform} ${process.arch}`, {
      code: 'no-codec',
      hint: 'Reinstall with optional packages (npm install --include=optional).',
      cause,
    })
  }
}
