import { describe, expect, it } from 'vitest'
import { proofTable } from '../../../../../src/verbs/rehearse/orders/proof-table.js'

const rows = [
  { name: 'orders', what: 'orders of the day', by: 'PostgreSQL', value: 10_000, must: 10_000 },
  { name: 'twice', what: 'handled again', by: 'PostgreSQL', value: 0, must: 0 },
]

describe('a proof table', () => {
  it('shows what was counted beside what it must be', () => {
    const { text, result } = proofTable(rows)
    expect(text).toBe(
      `what               counted  must be  counted by
orders of the day   10,000   10,000  PostgreSQL
handled again            0        0  PostgreSQL
`,
    )
    expect(result).toEqual({ orders: 10_000, twice: 0 })
  })

  it('throws every line that does not hold', () => {
    const wrong = rows.map(row => ({ ...row, value: row.value + 1 }))
    expect(() => proofTable(wrong)).toThrow('orders of the day: 10001, not 10000; handled again: 1, not 0')
  })
})
