import { readFile } from 'node:fs/promises'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { defined } from '../core/defined.js'
import { UserError } from '../errors.js'
import type { DatabaseOptions } from './options.js'

/** What a client is to do about TLS. */
export type Security = {
  /** Absent: no TLS. */
  readonly tls?: {
    readonly ca?: string
    readonly cert?: string
    readonly key?: string
    readonly rejectUnauthorized: boolean
    /** Undefined where the certificate is that of the server. */
    checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined
  }
  /** The name in the certificate is looked at. */
  readonly named: boolean
  /** Without TLS where the server has none. */
  readonly orPlain: boolean
}

const PLAIN: Security = { named: false, orPlain: false }

/** As libpq understands it: `require` with a file of authorities checks who signed, and only `verify-full` whose name it is. Throws UserError `tls`. */
export async function securityOf({ address, tls: own }: Pick<DatabaseOptions, 'address' | 'tls'>): Promise<Security> {
  if (own !== undefined) {
    const { rejectUnauthorized = true, servername, ...pems } = own === true ? {} : own
    const tls = { ...pems, rejectUnauthorized, checkServerIdentity: identity(rejectUnauthorized, servername) }
    return { tls, named: rejectUnauthorized, orPlain: false }
  }
  const { mode, ca, cert, key } = address.tls ?? { mode: 'prefer' as const }
  if (mode === 'disable') return PLAIN
  const isChecked = mode === 'verify-ca' || mode === 'verify-full' || (mode === 'require' && ca !== undefined)
  const pems = defined({
    ca: ca === 'system' ? undefined : await pemOf(ca),
    cert: await pemOf(cert),
    key: await pemOf(key),
  })
  const tls = { ...pems, rejectUnauthorized: isChecked, checkServerIdentity: identity(mode === 'verify-full') }
  return { tls, named: mode === 'verify-full', orPlain: mode === 'prefer' }
}

const identity =
  (isNamed: boolean, servername?: string) =>
  (host: string, certificate: PeerCertificate): Error | undefined =>
    isNamed ? checkServerIdentity(servername ?? host, certificate) : undefined

async function pemOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new UserError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      code: 'tls',
      hint: 'Give the path of a PEM file in the address.',
      cause,
    })
  }
}
