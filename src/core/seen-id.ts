import { UserError } from '../errors.js'

/** Where a message keeps its id. */
export type SeenId =
  | { readonly at: 'key' }
  | { readonly at: 'header'; readonly name: string }
  /** JSON pointer (RFC 6901) into its body. */
  | { readonly at: 'json'; readonly pointer: string }

/** Reads `key`, `header:NAME` or `json:/path`. Throws UserError. */
export const parseSeenId = (text: string): SeenId => {
  if (text === 'key') return { at: 'key' }
  const [, at, name = ''] = /^(header|json):(.+)$/s.exec(text) ?? []
  if (at === 'header') return { at, name }
  if (at === 'json' && name.startsWith('/')) return { at, pointer: name }
  throw new UserError(`"${text}" says no place of an id`, { hint: 'Write key, header:NAME or json:/path/in/the/body.' })
}

/** As the command line has it. */
export const formatSeenId = (id: SeenId): string =>
  id.at === 'key' ? 'key' : id.at === 'header' ? `header:${id.name}` : `json:${id.pointer}`
