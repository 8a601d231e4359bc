import { isRecord } from '../../../core/revive.js'
import type { Outcome } from '../../ports.js'
import { verdictOutcome } from '../verdict.js'

export type Answer = { readonly id: string; readonly outcome: Outcome }

/** The answer that a line of a worker is, or undefined where it is none. Pure. */
export function parseAnswer(line: string): Answer | undefined {
  const raw = parsed(line)
  return isRecord(raw) && typeof raw.id === 'string' ? { id: raw.id, outcome: verdictOutcome(raw) } : undefined
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
