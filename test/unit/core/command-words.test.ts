import { describe, expect, it } from 'vitest'
import { runsOnCluster, shellWord } from '../../../src/core/command-words.js'

describe('runsOnCluster', () => {
  it.each([
    ['kafka://a:9092,b:9092/orders?group=billing', 'kafka://a:9092,b:9092'],
    ['prod/orders?group=billing', 'prod'],
    ['amqp://mq:5672//orders', 'amqp://mq:5672'],
    ['amqps://mq:5671/shop/orders', 'amqps://mq:5671/shop'],
    ['rabbit/orders', 'rabbit'],
  ])('names the cluster of %s', (source, cluster) => {
    expect(runsOnCluster(source)).toBe(`spillway runs --cluster ${cluster}`)
  })
})

describe('shellWord', () => {
  it('quotes only what a shell would read as something else', () => {
    expect(['a-b_c.9', '', "it's", 'a b', '$HOME'].map(shellWord)).toEqual([
      'a-b_c.9',
      "''",
      String.raw`'it'\''s'`,
      "'a b'",
      "'$HOME'",
    ])
  })
})
