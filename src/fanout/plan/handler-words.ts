import type { HandlerPlan } from '../../core/fanout-plan.js'

/** The handler in one line, as plans and envelopes show it: `exec:./handle.sh`, `https://…`, `module:./handle.mjs`, an address. */
export const handlerInWords = (handler: HandlerPlan): string => {
  switch (handler.kind) {
    case 'exec':
    case 'worker':
      return `${handler.kind}:${handler.command}`
    case 'http':
      return handler.url
    case 'module':
      return `module:${handler.file}`
    case 'to':
      return handler.address
    default:
      return handler satisfies never
  }
}
