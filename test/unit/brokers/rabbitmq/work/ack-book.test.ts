import { describe, expect, it } from 'vitest'
import { AckBook } from '../../../../../src/brokers/rabbitmq/work/ack-book.js'

function aBook(count: number): AckBook {
  const book = new AckBook()
  for (let tag = 1; tag <= count; tag++) book.delivered(tag)
  return book
}
const done = (book: AckBook, ...tags: number[]) => {
  for (const tag of tags) book.done(tag)
}

describe('the book of acks', () => {
  it('takes a run from the lowest open tag with one multiple-ack', () => {
    const book = aBook(5)
    done(book, 2, 1, 3)
    expect(book.take().acks).toEqual([{ tag: 3, multiple: true }])
    expect([book.open, book.lowest]).toEqual([2, 4])
  })

  it('acks one by one beyond an open tag', () => {
    const book = aBook(4)
    done(book, 2, 4)
    expect(book.take().acks).toEqual([
      { tag: 2, multiple: false },
      { tag: 4, multiple: false },
    ])
    expect([book.open, book.lowest]).toEqual([2, 1])
  })

  it('never acks a tag twice, and ends a run at a tag that is still open', () => {
    const book = aBook(4)
    done(book, 2, 4)
    book.take()
    done(book, 2, 1, 3)
    expect(book.take().acks).toEqual([{ tag: 3, multiple: true }])
    expect([book.open, book.lowest]).toEqual([0, Number.POSITIVE_INFINITY])
    done(book, 3)
    expect(book.take().acks).toEqual([])
  })

  it('holds back what would let more come, but nothing of earlier consumers', () => {
    const book = aBook(6)
    done(book, 1, 2, 3, 4, 6)
    const first = book.take({ base: 2, room: 1 })
    expect(first).toEqual({ acks: [{ tag: 3, multiple: true }], beyond: 1 })
    expect(book.held).toBe(2)
    expect(book.take({ base: 2, room: 0 })).toEqual({ acks: [], beyond: 0 })
    expect(book.take().acks).toEqual([
      { tag: 4, multiple: false },
      { tag: 6, multiple: false },
    ])
    expect([book.held, book.open]).toEqual([0, 1])
  })

  it('takes no notice of a tag that was never delivered', () => {
    const book = aBook(1)
    done(book, 2)
    expect(book.take().acks).toEqual([])
  })
})
