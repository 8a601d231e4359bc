import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { TlsSettings } from '../brokers/kafka/settings.js'
import { defined } from '../core/defined.js'
import { type Detail, UserError } from '../errors.js'
import type { TlsFile } from './schema.js'

const PEMS = ['ca', 'cert', 'key'] as const

/** TLS settings with files read into PEM text; paths are relative to the settings file. Throws with every unreadable one. */
export const readTls = async (tls: TlsFile, from: { settingsPath: string; at: string }): Promise<TlsSettings> => {
  const problems: Detail[] = []
  const pems: { ca?: string; cert?: string; key?: string } = {}
  for (const name of PEMS) {
    const given = tls[name]
    if (given === undefined) continue
    const pem = await pemOf(given, from.settingsPath)
    if (pem instanceof Error) problems.push({ at: `${from.at}.${name}`, message: pem.message })
    else pems[name] = pem
  }
  if (problems.length > 0)
    throw new UserError('TLS files cannot be read', {
      code: 'settings',
      hint: 'Give paths of PEM files, or the PEM text.',
      details: problems,
    })
  return { ...pems, ...defined({ servername: tls.servername, rejectUnauthorized: tls.rejectUnauthorized }) }
}

const pemOf = async (given: string, settingsPath: string): Promise<string | Error> => {
  if (given.includes('-----BEGIN')) return given
  const path = resolve(dirname(settingsPath), given.replace(/^~(?=\/)/, homedir()))
  try {
    const text = await readFile(path, 'utf8')
    return text.includes('-----BEGIN') ? text : new Error(`${path} is not a PEM file`)
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}
