import { parseDatabase } from '../../core/address/database.js'
import { parseAddress } from '../../core/address.js'
import type { Value } from '../../runbook/command-text.js'

/** Variables that `spillway` takes a password from: of brokers, of PostgreSQL, of MariaDB. */
export const PASSWORD_VARIABLES = ['SPILLWAY_PASSWORD', 'PGPASSWORD', 'MYSQL_PWD'] as const
type Variable = (typeof PASSWORD_VARIABLES)[number]

/**
 * The passwords that stand in the values' addresses, by the variable that takes them; none where there is none, or several. Commands that name a run
 * instead of its address need them in their environment. Throws UserError where an address is none.
 */
export function passwordsIn(values: ReadonlyMap<string, Value>): Readonly<Partial<Record<Variable, string>>> {
  const found = [...values.values()].flat().flatMap(passwordOf)
  const one = (variable: Variable) => {
    const its = new Set(found.flatMap(each => (each.variable === variable ? [each.password] : [])))
    return its.size === 1 ? Object.fromEntries([...its].map(password => [variable, password])) : {}
  }
  return Object.assign({}, ...PASSWORD_VARIABLES.map(one))
}

function passwordOf(value: string): { variable: Variable; password: string }[] {
  const of = (variable: Variable, password: string | undefined) =>
    password === undefined ? [] : [{ variable, password }]
  if (/^(kafka|amqps?):\/\//i.test(value)) return of('SPILLWAY_PASSWORD', parseAddress(value).credentials?.password)
  // Behind the "?" of a `--seen` stands which column.
  const place = parseDatabase(value.split('?')[0] ?? '')
  return of(place?.address.kind === 'mysql' ? 'MYSQL_PWD' : 'PGPASSWORD', place?.credentials?.password)
}
