import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decompress } from '../../../src/archive/zstd.js'
import { pythonWithPika } from '../../live/pika.js'
import type { Copy } from './witness.js'

// From the project's folder, as the reader of queues is.
const READER = 'test/tools/rabbit-archive.py'

/** The plain records of an archive, as `zstd -d` of its files gives them; none where it is not there. */
async function plain(folder: string): Promise<Buffer> {
  const names = await readdir(join(folder, 'queue')).catch(() => [])
  const files = await Promise.all(names.sort().map(name => readFile(join(folder, 'queue', name))))
  return Buffer.concat(files.filter(({ length }) => length > 0).map(decompress))
}

/** Every message of an archive in its order, decoded by Python's pika: one JSON line each. */
async function lines(folder: string, args: readonly string[]): Promise<readonly string[]> {
  const child = spawn((await pythonWithPika()) ?? 'python3', [READER, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject))
  // A reader that fails early closes its input; its exit code tells.
  child.stdin.on('error', () => undefined)
  child.stdin.end(await plain(folder))
  let text = ''
  for await (const part of child.stdout.setEncoding('utf8')) text += part
  if ((await ended) !== 0) throw new Error('rabbit-archive.py failed')
  return text.split('\n').filter(line => line !== '')
}

/** The messages of an archive as rabbit-read.py would tell them of a queue. */
export const archivedMessages = async <Message>(folder: string): Promise<Message[]> =>
  (await lines(folder, [])).map(line => JSON.parse(line) as Message)

/** The same, by id and digest. */
export const archivedCopies = async (folder: string): Promise<Copy[]> =>
  (await lines(folder, ['digest'])).map(line => JSON.parse(line) as Copy)
