import { describe, expect, it } from 'vitest'
import { formatDatabase, parseDatabase } from '../../../src/core/address/database.js'

const again = (text: string) => formatDatabase(parseDatabase(text)?.address as never)

describe('the address of a database', () => {
  it.each([
    ['postgres://h/shop', 'postgres://h:5432/shop'],
    ['mariadb://u:p@h/shop', 'mysql://h:3306/shop'],
    ['postgresql://u@h1,h2:5433,[::1]/shop', 'postgres://h1:5432,h2:5433,[::1]:5432/shop'],
    [
      'postgres://h/shop?sslmode=verify-full&sslrootcert=/a/ca.pem',
      'postgres://h:5432/shop?sslmode=verify-full&sslrootcert=%2Fa%2Fca.pem',
    ],
    ['postgres://h/shop?target_session_attrs=standby', 'postgres://h:5432/shop?target_session_attrs=standby'],
    [
      'mysql://h/shop?ssl-mode=verify_identity&ssl-ca=ca.pem',
      'mysql://h:3306/shop?ssl-mode=VERIFY_IDENTITY&ssl-ca=ca.pem',
    ],
  ])('%s is written %s', (text, shown) => {
    expect(again(text)).toBe(shown)
    expect(again(shown)).toBe(shown)
  })

  it.each([
    ['postgres://h/shop?ssl=true', 'Unknown part "ssl"'],
    ['postgres://h/shop?sslmode=strict', 'sslmode=strict is not known'],
    ['postgres://h/shop?sslmode=', 'is empty'],
    ['mysql://h/shop?sslmode=require', 'Unknown part "sslmode"'],
    ['postgres://h/shop?target_session_attrs=read-write', 'is not known'],
    ['postgres://h1,/shop', '"" is not a server'],
    ['postgres://u:a?b@h/shop', 'login'],
  ])('%s is refused', (text, message) => expect(() => parseDatabase(text)).toThrow(message))
})
