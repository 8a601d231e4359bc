import { describe, expect, it } from 'vitest'
import { parseDatabase } from '../../../src/core/address/database.js'
import { firstFit } from '../../../src/databases/servers.js'

/** Connects to servers of which some are replicas, and some are down; tells which were closed again. */
async function chosen(address: string, roles: Readonly<Record<string, 'primary' | 'replica' | 'down'>>) {
  const place = parseDatabase(address)
  if (place === undefined) throw new TypeError('no address')
  const closed: string[] = []
  const { server } = await firstFit(place.address, {
    connect: async ({ host }) => {
      if (roles[host] === 'down') throw new Error(`${host} is down`)
      return host
    },
    isReplica: async host => roles[host] === 'replica',
    close: async host => void closed.push(host),
  })
  return { server, closed }
}

describe('of several servers', () => {
  it('a replica is preferred, else the first that answers', async () => {
    const roles = { a: 'primary', b: 'down', c: 'replica' } as const
    expect(await chosen('postgres://a,b,c/d', roles)).toEqual({
      server: { host: 'c:5432', replica: true, chosen: true },
      closed: ['a'],
    })
    expect(await chosen('postgres://b,a/d', roles)).toMatchObject({ server: { host: 'a:5432', replica: false } })
    expect(await chosen('postgres://c/d', roles)).toMatchObject({ server: { replica: true, chosen: false } })
  })

  it('another can be asked for', async () => {
    const roles = { a: 'replica', b: 'primary', c: 'primary' } as const
    const primary = await chosen('mysql://a,b,c/d?target_session_attrs=primary', roles)
    expect(primary).toMatchObject({ server: { host: 'b:3306' }, closed: ['a'] })
    expect(await chosen('mysql://c,a/d?target_session_attrs=any', roles)).toMatchObject({ server: { host: 'c:3306' } })
    const none = chosen('postgres://b,c/d?target_session_attrs=standby', roles)
    await expect(none).rejects.toMatchObject({ exitCode: 2, code: 'no-server' })
    await expect(chosen('postgres://x,y/d', { x: 'down', y: 'down' })).rejects.toThrow('y is down')
  })
})
