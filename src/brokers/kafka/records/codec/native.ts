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
 * The codecs bring mimalloc, which keeps what a thread frees for 10 ms before the system gets it back: for lz4 the peak was 200 MB, with 1 ms
 * still 185 to 201, at once 160, for 0.3 s of CPU per million records. It reads this variable as it is loaded.
 */
function required<Library>(name: string): Library {
  process.env.MIMALLOC_PURGE_DELAY ??= '0'
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
