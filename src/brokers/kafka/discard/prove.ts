import { BrokerError } from '../../../errors.js'
import { type ProvingWork, proveWorkPermissions } from '../admin/permissions.js'
import { check } from '../errors.js'
import type { Link } from '../link.js'
import { principalOf } from '../settings.js'
import { call } from '../wire/call.js'

/** A partition that no topic has: the answer is about the right to delete, or that there is none such. */
const NO_PARTITION = 2 ** 30

/**
 * Proves the rights of a discard by requests that change nothing: to read the topic, to commit for the group and, where `deletes`, to delete its records.
 * Throws UserError `permission`.
 */
export async function proveDiscard(proving: ProvingWork & { readonly deletes: boolean }): Promise<void> {
  await proveWorkPermissions(proving)
  if (!proving.deletes) return
  try {
    await deletesNothing(proving.link, proving.topic)
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error
  }
}

/** DeleteRecords v1: brokers look at the right to the topic before they look for the partition. */
async function deletesNothing(link: Link, topic: string): Promise<void> {
  const about = { doing: `Deleting records of topic ${topic}`, topic, operation: 'Delete' }
  await call(await link.any(), {
    request: { api: 21, version: 1, name: 'DeleteRecords', throttleAt: 0 },
    write: w => w.array([topic], (name, w) => w.str(name).array([NO_PARTITION], (p, w) => w.i32(p).i64(0))).i32(1000),
    read: r => {
      r.i32()
      const codes = r.array(r => [r.str(), r.array(r => [r.i32(), r.number64(), r.i16()] as const)] as const)
      for (const [, each] of codes)
        for (const [, , code] of each) check(code, { ...about, principal: principalOf(link.settings) })
    },
  })
}
