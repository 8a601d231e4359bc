import type { Rate } from './plan.js'

/** A word for a POSIX shell, in single quotes where it needs them. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** `--rate` as it can be typed again; a rate of both kinds gives two. */
export const rateFlags = (rate: Rate | undefined): string[] => [
  ...(rate?.messages === undefined ? [] : [`--rate ${rate.messages}`]),
  ...(rate?.bytes === undefined ? [] : [`--rate ${rate.bytes}B`]),
]
