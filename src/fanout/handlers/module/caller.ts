import type { Handler } from '../../ports.js'
import { BatchCaller } from './batch-caller.js'
import { EachCaller } from './each-caller.js'
import type { UserModule } from './load.js'

export type CallerOptions = {
  /** Most messages in hand at once. */
  readonly slots: number
  /** Milliseconds that one call may take. */
  readonly timeoutMs: number
  /** `context.log`. */
  readonly log: (text: string) => void
  /** Trouble with the module, told a bounded number of times. */
  readonly tell: (kind: string, line: string) => void
}

/** Calls a loaded module in this thread. */
export const callerOf = (module: UserModule, options: CallerOptions): Handler =>
  module.form === 'batch' ? new BatchCaller(module, options) : new EachCaller(module, options)
