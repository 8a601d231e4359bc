import type { ArchiveReader, PieceFormat, StoredPiece, Stretch, Wants } from './ports.js'

type Of = {
  readonly reader: ArchiveReader
  readonly format: PieceFormat
  readonly lane: string
  readonly stretches: readonly Stretch[]
}

/** What of a piece is to be read, or how many messages are left out; all up to `to` is done with it. */
export type Portion =
  | { readonly piece: StoredPiece; readonly from: number; readonly to: number }
  | { readonly left: number; readonly to: number }

/** The stretches of a lane in their order; of the pieces only those are read that hold something of the wanted ones. Throws RunError `archive-damaged`. */
export async function* portions({ reader, format, lane, stretches }: Of): AsyncGenerator<Portion> {
  const [first] = stretches
  if (first === undefined) return
  const wants = stretches.some(({ left }) => left !== undefined) ? wantsOf(stretches) : undefined
  const pieces = new Peeked(reader.pieces(lane, String(first.from), wants))
  try {
    for (const { from, to, left } of stretches) {
      if (left !== undefined) {
        yield { left, to }
        continue
      }
      for (let piece = await pieces.peek(); piece !== undefined; piece = await pieces.peek()) {
        const [begin, end] = [Number(format.first(piece.bytes)), Number(format.next(piece.bytes))]
        if (begin >= to) break
        if (end > from) yield { piece, from: Math.max(begin, from), to: Math.min(end, to) }
        if (end > to) break
        pieces.drop()
      }
    }
  } finally {
    await pieces.close()
  }
}

function wantsOf(stretches: readonly Stretch[]): Wants {
  const wanted = stretches.filter(({ left }) => left === undefined)
  return (first, next) => {
    const [begin, end] = [Number(first), Number(next)]
    let [low, high] = [0, wanted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((wanted[middle]?.to ?? 0) > begin) high = middle
      else low = middle + 1
    }
    return (wanted[low]?.from ?? end) < end
  }
}

/** The next of an iteration can be looked at before it is taken. */
class Peeked {
  readonly #pieces: AsyncIterator<StoredPiece>
  #ahead: StoredPiece | undefined

  constructor(pieces: AsyncIterable<StoredPiece>) {
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  async peek(): Promise<StoredPiece | undefined> {
    if (this.#ahead !== undefined) return this.#ahead
    const { value, done } = await this.#pieces.next()
    this.#ahead = done === true ? undefined : value
    return this.#ahead
  }

  drop(): void {
    this.#ahead = undefined
  }

  async close(): Promise<void> {
    await this.#pieces.return?.()
  }
}
