import { describe, expect, it } from 'vitest'
import type { ReplayFrom } from '../../../src/core/replay-plan.js'
import type { RowsAsked } from '../../../src/core/rows-asked.js'
import { rowsCommandsText } from '../../../src/report/rows-commands-text.js'

const WINDOW = { key: 'id', time: 'created_at', from: '2026-01-31T08:00:00.000Z', to: '2026-01-31T09:00:00.000Z' }
const of = (address: string, rows: Partial<RowsAsked> = {}): ReplayFrom => ({
  kind: 'rows',
  address,
  user: 'reader',
  rows: { of: { table: 'shop.orders' }, ...WINDOW, ...rows },
})

describe('commands that count the rows of a replay', () => {
  it('asks PostgreSQL in the zone of the plan', () => {
    expect(
      rowsCommandsText(of('postgres://h:5432/shop', { zone: 'Asia/Shanghai' }))
        ?.split('\n')
        .at(-1),
    ).toBe(
      `PGTZ=Asia/Shanghai psql postgres://reader@h:5432/shop -c 'SELECT count(*) FROM "shop"."orders" AS s WHERE s."created_at" >= timestamptz '\\''2026-01-31T08:00:00.000Z'\\'' AND s."created_at" < timestamptz '\\''2026-01-31T09:00:00.000Z'\\'''`,
    )
  })

  it('asks MariaDB in UTC, of a query too', () => {
    const rows = { of: { query: 'SELECT id, created_at FROM orders;' } }
    expect(rowsCommandsText(of('mysql://h:3306/shop', rows))?.split('\n').at(-1)).toBe(
      `mysql -h h -P 3306 -u reader -p shop --init-command='SET time_zone = '\\''+00:00'\\''' -e 'SELECT count(*) FROM (SELECT id, created_at FROM orders) AS s WHERE s.\`created_at\` >= '\\''2026-01-31 08:00:00.000'\\'' AND s.\`created_at\` < '\\''2026-01-31 09:00:00.000'\\'''`,
    )
  })

  it('has none for files, for archives, and for MariaDB in another zone', () => {
    expect(rowsCommandsText(of('file:orders.csv'))).toBeUndefined()
    expect(rowsCommandsText(of('mysql://h:3306/shop', { zone: 'Europe/Berlin' }))).toBeUndefined()
    expect(rowsCommandsText({ kind: 'archive', run: 'r' })).toBeUndefined()
  })
})
