import { UserError } from '../../errors.js'
import { type Place, parseAddress } from '../address.js'
import { parseRunAddress } from './run.js'

/** Where ids are read from. */
export type IdsAddress =
  /** `id`: its column, member or JSON pointer. */
  | { readonly kind: 'file'; readonly path: string; readonly id?: string }
  | { readonly kind: 'archive'; readonly run: string }
  | { readonly kind: 'broker'; readonly place: Place }

const FILE = /^file:(.*?)(?:\?id=([^&]*))?$/is
const DATABASE = /^(postgres|postgresql|mysql|mariadb):/i
const FORM = 'Write file:PATH, file:PATH?id=COLUMN, archive:RUN, or kafka://host:9092/TOPIC.'

/** Reads `file:PATH?id=COLUMN`, `archive:RUN`, or the address of a topic. Throws UserError. */
export const parseIdsAddress = (text: string): IdsAddress => {
  const [, path, id] = FILE.exec(text) ?? []
  if (path !== undefined) return file(path, id)
  const run = parseRunAddress(text)
  if (run?.kind === 'archive') return { kind: 'archive', run: run.run }
  if (run !== undefined)
    throw new UserError('What was parked never got through: it is no list of what was seen', {
      code: 'not-supported',
      hint: FORM,
    })
  const database = DATABASE.exec(text)
  if (database)
    throw new UserError(`${database[1]}: addresses come with a later version`, { code: 'not-supported', hint: FORM })
  return { kind: 'broker', place: parseAddress(text) }
}

function file(path: string, id: string | undefined): IdsAddress {
  if (path === '') throw new UserError('file: names no file', { hint: FORM })
  if (id === '') throw new UserError('?id= names no column', { hint: FORM })
  return id === undefined ? { kind: 'file', path } : { kind: 'file', path, id: decoded(id) }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new UserError(`"${text}" is not percent-encoded as an address is`, { hint: 'Write % as %25.', cause })
  }
}
