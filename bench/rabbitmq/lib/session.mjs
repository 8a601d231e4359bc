import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say, untilStopped } from '../../lib/command.mjs'
import { endMovers } from '../../lib/measure.mjs'
import { openBroker } from './broker.mjs'
import { openQueues } from './queues.mjs'
import { findTools } from './tools.mjs'

/**
 * Opens node, tools and scratch folder, does the work, and takes everything down again, also on Ctrl-C.
 * @param {{ place: object }} options
 * @param {(session: { broker: object, tools: object, queues: object, scratch: string }) => Promise<void>} work
 */
export async function inSession({ place }, work) {
  const scratch = mkdtempSync(join(tmpdir(), 'spillway-bench-'))
  const tools = findTools(scratch)
  const broker = await openBroker(place, say)
  const queues = await openQueues(broker)
  const close = async () => {
    endMovers()
    await queues.close()
    await broker.stop()
    rmSync(scratch, { recursive: true, force: true })
  }
  await untilStopped(() => work({ broker, tools, queues, scratch }), close)
}
