import { stat } from 'node:fs/promises'
import type { Gauge } from '../../core/gauges.js'

/** Holds while a file is there, whatever is in it. */
export const holdFile = (path: string): Gauge => ({
  name: 'hold file',
  async read() {
    try {
      await stat(path)
      return `${path} is there`
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  },
})
