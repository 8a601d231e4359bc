import { lookup } from 'node:dns/promises'
import { realpath, stat } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { isAbsolute, join, relative } from 'node:path'
import type { ArchiveNeighbour } from '../../discard/plan/archive-refusals.js'
import type { BrokerFolder } from '../../discard/plan/options.js'
import { nearest } from './options.js'

/** The broker that keeps its data where an archive would lie, as far as that can be told from this machine; undefined where none does. */
export const neighbourOf = async (
  folder: string,
  brokers: readonly BrokerFolder[],
): Promise<ArchiveNeighbour | undefined> => {
  const there = await nearest(folder)
  const at = join(await realpath(there), relative(there, folder))
  const { dev } = await stat(there)
  const system = (await stat('/')).dev
  for (const broker of await ofThisMachine(brokers)) {
    if (isInside(at, broker.path)) return { broker, shares: 'folder' }
    if ((await deviceOf(broker.path)) === dev) return { broker, shares: dev === system ? 'system-disk' : 'volume' }
  }
  return undefined
}

const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path)
  return !way.startsWith('..') && !isAbsolute(way)
}

const ofThisMachine = async (brokers: readonly BrokerFolder[]): Promise<readonly BrokerFolder[]> => {
  const hosts = [...new Set(brokers.map(({ host }) => host))]
  const here = new Map(await Promise.all(hosts.map(async host => [host, await isHere(host)] as const)))
  return brokers.filter(({ host }) => here.get(host))
}

/** A path that is not here, or that nobody but the broker may look at, tells nothing. */
const deviceOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).dev
  } catch (error) {
    if (UNTOLD.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

const UNTOLD: readonly string[] = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG']

/** Whether a name or address is one of this machine. A name that nobody resolves is none. */
const isHere = async (host: string): Promise<boolean> => {
  const own = new Set(Object.values(networkInterfaces()).flatMap(each => each?.map(({ address }) => address) ?? []))
  const found = await lookup(host, { all: true }).catch(() => [])
  return found.some(({ address }) => own.has(address) || address.startsWith('127.') || address === '::1')
}
