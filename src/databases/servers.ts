import type { DatabaseAddress, DatabaseServer } from '../core/address/database.js'
import { UserError } from '../errors.js'
import type { RowsServer } from '../replay/rows/ports.js'

/** A connection, and whose it is. */
export type Found<Client> = { readonly client: Client; readonly server: RowsServer }

type Ways<Client> = {
  connect(server: DatabaseServer): Promise<Client>
  isReplica(client: Client): Promise<boolean>
  close(client: Client): Promise<void>
}

/**
 * Connects to the first server that fits: of several a replica where one is there, as libpq does for `prefer-standby`. Throws what the last connection threw, or
 * UserError `no-server` where none fits. https://www.postgresql.org/docs/current/libpq-connect.html
 */
export async function firstFit<Client>(address: DatabaseAddress, ways: Ways<Client>): Promise<Found<Client>> {
  const servers = [{ host: address.host, port: address.port }, ...(address.others ?? [])]
  const session = address.session ?? (servers.length > 1 ? 'prefer-standby' : 'any')
  let second: Found<Client> | undefined
  let failure: unknown
  for (const each of servers) {
    const found = await opened(each, ways, servers.length > 1).catch((error: unknown) => {
      failure = error
      return undefined
    })
    if (found === undefined) continue
    const { replica } = found.server
    if (session === 'any' || replica === (session !== 'primary')) {
      if (second !== undefined) await ways.close(second.client)
      return found
    }
    if (session === 'prefer-standby' && second === undefined) second = found
    else await ways.close(found.client)
  }
  if (second !== undefined) return second
  if (failure !== undefined) throw failure
  throw new UserError(`None of ${servers.length} servers is a ${session}`, {
    code: 'no-server',
    hint: 'Name another server, or leave target_session_attrs away.',
  })
}

async function opened<Client>(server: DatabaseServer, ways: Ways<Client>, chosen: boolean): Promise<Found<Client>> {
  const client = await ways.connect(server)
  const replica = await ways.isReplica(client)
  return { client, server: { host: `${server.host}:${server.port}`, replica, chosen } }
}
