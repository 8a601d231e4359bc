/** As long as the JSON of a row of the table, a few digits more or less. */
const note = 'c4ca4238a0b923820dcc509a6f75849b'.repeat(3)

export const messageOf = n => ({
  key: String(n),
  value: JSON.stringify({
    id: n,
    created_at: '2026-01-31T08:00:00.000Z',
    customer: `customer-${n % 100_003}`,
    status: 'shipped',
    paid: n % 3 === 0,
    amount: (n / 7).toFixed(2),
    items: n % 40,
    note,
    updated_at: '2026-01-31T08:00:00.000Z',
  }),
})
