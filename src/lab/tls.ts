import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.js'
import { isThere } from './is-there.js'
import { lastLines, runProgram } from './run-program.js'

const DAYS = '30'

/**
 * Makes a CA and a broker certificate for localhost and 127.0.0.1 in the folder, once: `ca.pem` for clients,
 * `broker.pem` (PKCS#8 key, then certificate: what ssl.keystore.type=PEM reads, KIP-651). Throws when openssl is missing.
 */
export async function makeCertificates(folder: string): Promise<void> {
  if (await isThere(join(folder, 'broker.pem'))) return
  await mkdir(folder, { recursive: true, mode: 0o755 })
  await writeFile(join(folder, 'san.cnf'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const key = ['-newkey', 'rsa:2048', '-nodes']
  const ca = ['-subj', '/CN=spillway lab CA', '-days', DAYS, '-keyout', 'ca.key', '-out', 'ca.pem']
  await openssl(folder, ['req', '-x509', ...key, ...ca])
  await openssl(folder, ['req', ...key, '-subj', '/CN=localhost', '-keyout', 'broker.key', '-out', 'broker.csr'])
  const issuer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', DAYS, '-extfile', 'san.cnf']
  await openssl(folder, ['x509', '-req', '-in', 'broker.csr', ...issuer, '-out', 'broker.crt'])
  const parts = await Promise.all(['broker.key', 'broker.crt'].map(name => readFile(join(folder, name), 'utf8')))
  await writeFile(join(folder, 'broker.pem'), parts.join(''))
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram('openssl', args, { cwd, timeout: 30_000 })
  if (code === 0) return
  throw new UserError('openssl could not make the certificates of the lab', {
    code: 'lab-tls',
    hint: 'Install openssl, or leave out --tls.',
    details: lastLines(output, 5).map(message => ({ at: 'openssl', message })),
  })
}
