import { parseAddress } from '../../core/address.js'
import type { Value } from '../../runbook/command-text.js'

/**
 * The password that stands in the values' addresses of brokers; undefined where none does, or several. Commands that name a run instead of
 * its address need it in their environment. Throws UserError where an address is none.
 */
export function passwordIn(values: ReadonlyMap<string, Value>): string | undefined {
  const addresses = [...values.values()].flat().filter(value => /^(kafka|amqps?):\/\//i.test(value))
  const found = new Set(addresses.flatMap(address => parseAddress(address).credentials?.password ?? []))
  return found.size === 1 ? [...found][0] : undefined
}
