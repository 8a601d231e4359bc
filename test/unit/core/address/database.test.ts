import { expect, it } from 'vitest'
import { formatDatabase, parseDatabase } from '../../../../src/core/address/database.js'

it('reads addresses of databases, and shows them without the login', () => {
  const place = parseDatabase('postgresql://me:p%40ss@db.example/shop')
  expect(place).toEqual({
    address: { kind: 'postgres', host: 'db.example', port: 5432, database: 'shop' },
    credentials: { username: 'me', password: 'p@ss' },
  })
  expect(place && formatDatabase(place.address)).toBe('postgres://db.example:5432/shop')
  expect(parseDatabase('mariadb://[::1]:3307/shop')?.address).toMatchObject({
    kind: 'mysql',
    host: '[::1]',
    port: 3307,
  })
  expect(parseDatabase('kafka://h/t')).toBeUndefined()
})

it.each(['postgres://h', 'postgres://h/', 'mysql:///d', 'postgres://h/d?x=1', 'postgres://h/a/b'])('refuses %s', text =>
  expect(() => parseDatabase(text)).toThrow(),
)
