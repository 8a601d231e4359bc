/** A text in which `${COLUMN}` stands for what a row has there. A text with a NULL in it is NULL. */
export type MappedText = string

/** JSON in whose texts columns may stand; one that stands alone keeps its type. */
export type MappedJson =
  | MappedText
  | number
  | boolean
  | null
  | readonly MappedJson[]
  | { readonly [name: string]: MappedJson }

/** What becomes of a row, as a file has it after the check. Pure data; what is absent is as without a mapping. */
export type RowMapping = {
  /** Null: messages have no key. */
  readonly key?: MappedText | null | undefined
  /** Those that are NULL are left away. */
  readonly headers?: { readonly [name: string]: MappedText } | undefined
  readonly body?:
    | { readonly json: MappedJson }
    | { readonly text: MappedText }
    /** The bytes of this column as they are. */
    | { readonly column: string }
    /** The row as JSON, as without a mapping. */
    | { readonly row: true }
    | undefined
  /** Property content-type of RabbitMQ, header `content-type` of Kafka. */
  readonly contentType?: MappedText | undefined
  readonly timestamp?: MappedText | undefined
  readonly eventId?:
    | MappedText
    /** UUID of version 5 of the table and these columns. */
    | { readonly columns: readonly string[] }
    /** UUID of version 5 of a name in somebody else's namespace. */
    | { readonly namespace: string; readonly name: MappedText }
    | undefined
  /** Stands in the event id in the place of the time; only where `eventId` is absent. */
  readonly version?: MappedText | undefined
  /** Null: the event id goes in no header. */
  readonly eventIdHeader?: string | null | undefined
  readonly routingKey?: MappedText | undefined
}

/** A mapping as a plan has it: that of a YAML file itself, that of a module by the digest of its file. */
export type PlannedMap =
  | { readonly kind: 'yaml'; readonly file: string; readonly digest: string; readonly mapping: RowMapping }
  | { readonly kind: 'module'; readonly file: string; readonly digest: string }
