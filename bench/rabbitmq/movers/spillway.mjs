import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { wrongSheet } from '../../lib/envelope.mjs'
import { ROOT } from '../../lib/machine.mjs'
import { ask } from '../lib/broker.mjs'

const LOOK_MS = 200
const LOOKS = 60

/** The real command in a fresh process: survey, plan, ten queues, copy, balance sheet. */
const spillway = (name, flags) => ({
  name,
  byKey: flags.length > 0,
  routing: true,
  digest: true,
  drains: true,
  leavesNone: true,
  /** A backlog is no news to the server's statistics, which come every 5 s; the plan takes its size of messages from them. */
  async prepare({ broker, source, set }) {
    for (let look = 0; look < LOOKS; look++) {
      const seen = await ask(broker.management, `queues/%2F/${source}`)
      if (seen?.messages === set.records && seen.message_bytes > 0) return
      await pause(LOOK_MS)
    }
  },
  missing: tools => (tools.spillway ? undefined : 'dist/ is not there; run npm run build'),
  command: ({ broker, source, dir }) => ({
    file: process.execPath,
    args: [
      ...[join(ROOT, 'bin', 'spillway.js'), 'drain', `${broker.url}//${source}`, '--management', broker.management],
      ...[...flags, '--execute', '--yes', '--output', 'json'],
    ],
    env: { SPILLWAY_HOME: join(dir, 'home') },
  }),
  targets: ({ queues, source }) => queues.named(`${source}.spill.`),
  /** The balance sheet must say that every message was read, written and counted. */
  verdict: ({ stdout }, { records }) => wrongSheet(stdout, records),
})

export const spillwayNone = spillway('spillway', [])
export const spillwayKey = spillway('spillway-key', ['--key', 'header:key'])
