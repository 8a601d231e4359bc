import { describe, expect, it } from 'vitest'
import { passwordsIn } from '../../../../src/verbs/runbook/password.js'

const given = (...values: string[]) => passwordsIn(new Map(values.map((value, at) => [`value${at}`, value])))

describe('passwords in the values of a runbook', () => {
  it('go to the variable of what they open', () => {
    expect(given('amqp://ops:a@h/v/q', 'postgres://reader:b%40@h/shop', 'mysql://reader:c@h/shop', 'orders')).toEqual({
      SPILLWAY_PASSWORD: 'a',
      PGPASSWORD: 'b@',
      MYSQL_PWD: 'c',
    })
  })

  it('are the same for the side that was seen', () => {
    expect(given('postgres://r:b@h/shop', 'postgres://r:b@h/shop?table=processed&id=order_id')).toEqual({
      PGPASSWORD: 'b',
    })
  })

  it('are left out where several would fit, or none is there', () => {
    expect(given('postgres://r:b@h/shop', 'postgres://r:other@h/shop', 'kafka://h:9092/orders')).toEqual({})
  })
})
