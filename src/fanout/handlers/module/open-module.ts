import type { Handler } from '../../ports.js'
import type { HandlerOptions } from '../options.js'
import { boundedTell } from '../tell.js'
import { callerOf } from './caller.js'
import { loadModule } from './load.js'
import { divertConsole } from './own-console.js'

/** `--module FILE`: in this process with one worker, in a thread each with more. Throws UserError where the module is none. */
export async function openModule(file: string, options: HandlerOptions): Promise<Handler> {
  if (options.workers > 1) return new (await import('./threads.js')).ModuleThreads(file, options)
  const { stderr, timeoutMs, cwd, concurrency } = options
  const log = (text: string) => stderr?.(text)
  const restore = divertConsole(log)
  try {
    const module = await loadModule(file, cwd)
    const close = async () => {
      await module.close?.()
      restore()
    }
    return callerOf({ ...module, close }, { slots: concurrency, timeoutMs, log, tell: boundedTell(stderr) })
  } catch (error) {
    restore()
    throw error
  }
}
