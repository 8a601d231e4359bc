import { UserError } from '../../errors.js'
import { defined } from '../defined.js'

/** User and password that stood in an address. Used to connect, never stored, never printed. */
export type Credentials = { readonly username: string; readonly password?: string }

/** What every address is made of: `HEAD/PATH?QUERY`, undecoded. */
export type Parts = { readonly head: string; readonly path: string; readonly query: string }

/** Cuts an address behind its scheme. Throws nothing. */
export const split = (text: string): Parts => {
  const [before = '', ...query] = text.split('?')
  const slash = before.indexOf('/')
  const head = slash < 0 ? before : before.slice(0, slash)
  return { head, path: slash < 0 ? '' : before.slice(slash + 1), query: query.join('?') }
}

/**
 * Takes the login off the front; `example` is shown where it has no user. A password may hold "/" or "@" unencoded, so the login ends at
 * the last "@" that a host can follow. Throws UserError.
 */
export const login = (rest: string, example: string): { credentials?: Credentials; bare: string } => {
  const match = /^([^:@/?]*)(?::(.*))?@(?=[^@]*$)/.exec(rest.split('?')[0] ?? '')
  if (!match) return { bare: rest }
  const username = decode(match[1] ?? '')
  if (!username) throw new UserError('The address has a password but no user', { hint: `Write ${example}.` })
  const password = match[2] === undefined ? undefined : decode(match[2])
  return { credentials: { username, ...defined({ password }) }, bare: rest.slice(match[0].length) }
}

/** The error of a login that could not be told from the rest of its address. Shows none of it. */
export const unreadableLogin = (): UserError =>
  new UserError('The login in the address cannot be read', {
    hint: 'Write "@", "/" and "?" in a password as %40, %2F and %3F.',
  })

/** Undoes percent-encoding. Throws UserError. */
export const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new UserError('A "%" in the address is not followed by two hex digits', {
      hint: 'Write a percent sign as %25.',
      cause,
    })
  }
}

/** `host` and `port` of a text; undefined where it is neither. An IPv6 host keeps its brackets. */
export const hostPort = (text: string, usual: number): { host: string; port: number } | undefined => {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(?::(\d+))?$/.exec(text)
  const port = match?.[2] === undefined ? usual : Number(match[2])
  return match?.[1] === undefined || port < 1 || port > 65535 ? undefined : { host: match[1], port }
}
