import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { say, untilStopped } from '../../lib/command.mjs'
import { endMovers } from '../../lib/measure.mjs'
import { openBroker } from './broker.mjs'
import { findTools } from './tools.mjs'
import { openTopics } from './topics.mjs'

/**
 * Opens broker, tools and scratch folder, does the work, and takes everything down again, also on Ctrl-C.
 * @param {{ broker?: string }} options
 * @param {(session: { broker: object, tools: object, topics: object, scratch: string }) => Promise<void>} work
 */
export async function inSession(options, work) {
  const scratch = mkdtempSync(join(tmpdir(), 'spillway-bench-'))
  const tools = findTools(scratch, say)
  const broker = await openBroker(options.broker, say)
  const topics = await openTopics(broker)
  const close = async () => {
    endMovers()
    await topics.close()
    await broker.stop()
    rmSync(scratch, { recursive: true, force: true })
  }
  await untilStopped(() => work({ broker, tools, topics, scratch }), close)
}
