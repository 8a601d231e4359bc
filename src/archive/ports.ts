import type { Mark } from '../core/event.js'

/** One message in the index of an archive. */
export type IndexRow = {
  /** Kafka: TOPIC/PARTITION/OFFSET. RabbitMQ: the id that fan-out gives it (message-id, else sha256:… of what identifies it). */
  readonly id: string
  readonly key: Buffer | null
  /** Milliseconds since the epoch; -1 where the message has none. */
  readonly timestamp: number
  readonly mark: Mark
  /** Bytes of key, value and headers (Kafka), or of header frame and body (RabbitMQ). */
  readonly size: number
  /** CRC-32C of its bytes: of the record section (Kafka), of header payload and body (RabbitMQ). */
  readonly digest: number
}

/** Rows of the index as the lines that they become (offset-lines.ts), in ascending order. */
export type RowLines = {
  readonly csv: Buffer
  readonly rows: number
  /** Marks of the first and the last. */
  readonly first: Mark
  readonly last: Mark
}

/**
 * Bytes that belong together and are written whole: record batches as they came, one after the other, or records of a queue. Each piece is one
 * write: a Kafka piece had better be a fetch response's worth of batches.
 */
export type Piece = {
  readonly bytes: readonly Buffer[]
  /** Mark of the first message in it, and the position behind it; they name files and find pieces. */
  readonly first: Mark
  readonly next: Mark
  readonly rows: readonly IndexRow[]
  /** Instead of `rows`. */
  readonly lines?: RowLines
}

/** What the index takes of a piece. */
export type PieceRows = Pick<Piece, 'rows' | 'lines'>

/** Takes the pieces of one lane, in order. */
export interface ArchiveLane {
  /** Position behind the last piece that is in the archive; undefined where there is none. */
  readonly next: Mark | undefined
  /**
   * Resolves when there is room for more; the bytes may be used again then. What lies below `next` is stored already and not written again; its
   * rows are taken. Throws HoldError `archive disk: …` (nothing of the piece is in the archive then, so try again), RunError `archive-unwritable`.
   */
  append(piece: Piece): Promise<void>
}

/** An archive that is written. One process at a time. */
export interface ArchiveWriter extends AsyncDisposable {
  /**
   * Goes on where a lane is settled, or begins it (undefined), also one that this writer has already: what was written behind `settled` was not let
   * go, and is cut off (Kafka) or kept (RabbitMQ, where no position tells). A piece across `settled` stays. Lanes that are begun at the same time
   * share one pass over the index. Throws RunError `archive-damaged` where settled pieces are cut short or altered.
   */
  lane(lane: string, settled: Mark | undefined): Promise<ArchiveLane>
  /**
   * Resolves when all that was appended before the call is on disk, data before index; calls at the same time share one. Throws HoldError
   * `archive disk: …` (call it again when there is room), RunError `archive-unwritable`.
   */
  sync(): Promise<void>
  /** Writes the manifest with the digest of each file, and makes the index quick to search. Nothing can be added afterwards. */
  seal(facts: SealFacts): Promise<void>
}

/** What the manifest says beside the files. */
export type SealFacts = {
  readonly run: string
  readonly system: 'kafka' | 'rabbitmq'
  readonly source: string
  readonly clusterId: string
  readonly lanes: readonly {
    readonly lane: string
    readonly from: Mark
    readonly to: Mark
    readonly messages: bigint
  }[]
  readonly at: string
}

/** A piece as it lies in an archive. */
export type StoredPiece = {
  /** Path within the archive, and the byte at which the piece begins. */
  readonly file: string
  readonly position: number
  readonly bytes: Buffer
}

/** Marks of a lane in [from, to). `left`: how many messages there are that nobody wants, none of which need be read; undefined where some may be wanted. */
export type Stretch = { readonly from: number; readonly to: number; readonly left?: number }

/** Whether what holds the marks in [first, next) is to be read. It is asked in ascending order. */
export type Wants = (first: Mark, next: Mark) => boolean

/** An archive that is read; sealed or not, as far as its pieces are whole. */
export interface ArchiveReader extends AsyncDisposable {
  readonly lanes: readonly string[]
  /**
   * Pieces of a lane that hold messages from a mark on and, where that is asked, are wanted. The others are passed by their heads, and files of others alone
   * are not opened. Throws RunError `archive-damaged` with file and byte.
   */
  pieces(lane: string, from?: Mark, wants?: Wants): AsyncIterable<StoredPiece>
}

/** What cuts a data file of one system into pieces, and vouches for them. Given by the system's adapter. */
export interface PieceFormat {
  readonly system: 'kafka' | 'rabbitmq'
  /** Ending of a data file's name: `.log`, `.amqp.zst`. */
  readonly ending: string
  /** Folder of a lane, and the lane of a folder; undefined where the folder is none of a lane. */
  folder(lane: string): string
  laneOf(folder: string): string | undefined
  /** Bytes of the piece that begins here; undefined where it is cut short. Throws TypeError where it is none. */
  length(bytes: Buffer, at: number): number | undefined
  /** Bytes that a piece's head needs before `length` can tell. */
  readonly headBytes: number
  /** Position of its first message, and behind the piece; its head is enough. */
  first(piece: Buffer): Mark
  next(piece: Buffer): Mark
  /** Throws TypeError, with what is wrong, where its checksum does not hold. */
  check(piece: Buffer): void
}
