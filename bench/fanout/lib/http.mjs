import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../../lib/machine.mjs'

const SERVER = fileURLToPath(new URL('../workers/http-server.mjs', import.meta.url))

/** A server in a process of its own that answers 204 and counts; both load generators drive the same one. */
export async function openServer() {
  const child = spawn(process.execPath, [SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  return { url: String(line).trim(), close: () => child.kill() }
}

/** autocannon, 64 connections, the body as large as a message. */
export const autocannon = {
  name: 'autocannon',
  command: ({ url, records, size }) => ({
    file: process.execPath,
    args: [
      join(ROOT, 'node_modules', 'autocannon', 'autocannon.js'),
      ...['-j', '-c', '64', '-a', String(records), '-m', 'POST', '-b', 'x'.repeat(size), url],
    ],
  }),
}
