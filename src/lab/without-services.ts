import { chmod, rename, rm, writeFile } from 'node:fs/promises'
import { isThere } from './is-there.js'

/**
 * Runs an installation during which packages start no service: policy-rc.d answers 101, "action forbidden by policy"
 * (invoke-rc.d(8)). It forbids only while this process lives, so that a killed one leaves the machine as it was.
 */
export async function withoutServices<T>(policy: string, work: () => Promise<T>): Promise<T> {
  const aside = `${policy}.before-spillway`
  if (await isThere(aside)) await rename(aside, policy)
  const had = await isThere(policy)
  if (had) await rename(policy, aside)
  const before = had ? `exec ${aside} "$@"` : 'exit 0'
  await writeFile(policy, `#!/bin/sh\n[ -d /proc/${process.pid} ] && exit 101\n${before}\n`)
  await chmod(policy, 0o755)
  try {
    return await work()
  } finally {
    await (had ? rename(aside, policy) : rm(policy, { force: true }))
  }
}
