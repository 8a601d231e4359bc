/** A message as a run kept it: in its archive, or set aside. */
export type Evidence = {
  readonly run: string
  readonly id: string
  /** Its place in what the run read. */
  readonly target?: string
  readonly lane: string
  readonly mark: string
  readonly key: Buffer | null
  /** Milliseconds since the epoch; -1 where the message has none. */
  readonly timestamp: number
} & (
  | { readonly kind: 'archived'; readonly size: number; readonly digest: string }
  | {
      readonly kind: 'parked'
      readonly at: string
      readonly reason: string
      readonly attempts: number
      /** How many different messages stand before it. */
      readonly position: number
    }
)

export type Archived = Evidence & { readonly kind: 'archived' }
export type Parked = Evidence & { readonly kind: 'parked' }
