import type { Gate } from '../../core/ports.js'
import { Bug } from '../../errors.js'

/** A gate for what is opened before its run has one: until `bind`, trouble is not told, and nothing may wait or hold. */
export class LateGate implements Gate {
  #gate: Gate | undefined

  bind(gate: Gate): void {
    this.#gate = gate
  }

  pass(...[lane, soft]: Parameters<Gate['pass']>): ReturnType<Gate['pass']> {
    return this.#bound.pass(lane, soft)
  }

  hold(...[reason, until]: Parameters<Gate['hold']>): void {
    this.#bound.hold(reason, until)
  }

  release(reason: string, by: string): void {
    this.#gate?.release(reason, by)
  }

  trouble(lane: string, reason: string): void {
    this.#gate?.trouble(lane, reason)
  }

  recovered(lane: string): void {
    this.#gate?.recovered(lane)
  }

  get #bound(): Gate {
    if (this.#gate === undefined) throw new Bug('a gate was asked before its run had one')
    return this.#gate
  }
}
