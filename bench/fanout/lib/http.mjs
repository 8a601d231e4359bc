import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../../lib/machine.mjs'

/** Requests in flight, of everybody: enough that client and server need not wait for each other in turn. */
export const CONNECTIONS = 256

const SERVER = fileURLToPath(new URL('../workers/http-server.mjs', import.meta.url))

/** A server in a process of its own that answers 204 and counts; both load generators drive the same one. */
export async function openServer() {
  const child = spawn(process.execPath, [SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  return { url: String(line).trim(), close: () => child.kill() }
}

/** What Spillway's handler sends with each message of the bench's topic, so that the server reads as much from both. */
const HEADERS = {
  'Content-Type': 'application/octet-stream',
  'User-Agent': 'spillway',
  'Idempotency-Key': 'bench-http.spill.20261121-0000-bench/7/123456',
  'Spillway-Id': 'bench-http.spill.20261121-0000-bench/7/123456',
  'Spillway-Key': 'customer-00001234',
  'Spillway-Origin': 'bench-http.spill.20261121-0000-bench/7/123456',
  'Spillway-Attempt': '1',
}

/** autocannon, the body as large as a message. */
const autocannon = (name, headers) => ({
  name,
  command: ({ url, records, size }) => ({
    file: process.execPath,
    args: [
      join(ROOT, 'node_modules', 'autocannon', 'autocannon.js'),
      ...Object.entries(headers).flatMap(([field, value]) => ['-H', `${field}=${value}`]),
      ...['-j', '-c', String(CONNECTIONS), '-a', String(records), '-m', 'POST', '-b', 'x'.repeat(size), url],
    ],
  }),
})

export const generators = [autocannon('autocannon', {}), autocannon('autocannon, same headers', HEADERS)]
