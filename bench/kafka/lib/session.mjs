import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBroker } from './broker.mjs'
import { endMovers } from './measure.mjs'
import { findTools } from './tools.mjs'
import { openTopics } from './topics.mjs'

/** Progress goes to stderr; stdout is for the tables. */
export const say = line => process.stderr.write(`${line}\n`)

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
  const stopped = new Promise((_, reject) => {
    for (const [name, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
      process.once(name, () => reject(Object.assign(new Error(`stopped by ${name}`), { exitCode: code })))
  })
  try {
    await Promise.race([work({ broker, tools, topics, scratch }), stopped])
  } finally {
    await close()
  }
}

/** Runs a bench command: errors as one line, exit code 1 (130 and 143 when stopped). */
export async function main(work) {
  try {
    await work(process.argv.slice(2))
  } catch (error) {
    say(process.env.DEBUG ? error.stack : `error: ${error.message}`)
    process.exitCode = error.exitCode ?? 1
  }
  process.exit()
}
