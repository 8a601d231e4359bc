/** Which rows alone a replay sends: those that a list names, or those that were not seen anywhere. Pure data, without passwords. */
export type MissingFrom =
  | {
      readonly kind: 'list'
      /** Absolute path of a file with an id a line. */
      readonly path: string
      /** Lines with an id. */
      readonly ids: number
      /** SHA-256 of its ids, in hex. */
      readonly digest: string
    }
  /** Those that a run has parked. */
  | { readonly kind: 'parked'; readonly run: string; readonly ids: number; readonly digest: string }
  | {
      readonly kind: 'seen'
      /** As `reconcile --seen` takes it. */
      readonly address: string
      /** As `--seen-id` takes it. */
      readonly seenId: string
    }

/** An address without its password, to be typed again. */
export const withoutPassword = (text: string): string =>
  text.replace(/^([a-z]+:\/\/[^:@/?]*):[^?]*@(?=[^@?]*(\?|$))/i, '$1@')
