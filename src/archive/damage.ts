/** Where an archive is not as it was written: path within it, and the first byte. */
export type Damage = { readonly file: string; readonly byte: number; readonly why: string }
