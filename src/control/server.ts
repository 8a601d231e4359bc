import { rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { resolve } from 'node:path'
import { toJson } from '../core/canonical-json.js'
import type { Envelope } from '../core/envelope.js'
import type { Rate } from '../core/plan.js'
import { SpillwayError, UserError } from '../errors.js'
import { MAX_REQUEST, type Request, type Response, readRequest } from './protocol.js'
import { socketPath, withSocketPath } from './socket-path.js'

/** The live run as operators steer it. Each call returns at once; the run obeys at its next batch. */
export interface Control {
  /** The envelope as it is now. */
  status(): Envelope
  /** Holds until `resume`; `reason` is the operator's own word, if any. */
  pause(by: string, reason: string | undefined): void
  /** Lifts operators' holds; with `ignore` also the gauge hold of that reason, for the rest of the run. */
  resume(by: string, ignore: string | undefined): void
  /** Another rate from now on; the limit that is not named no longer holds. */
  rate(rate: Rate, by: string): void
  /** Stops for good after what is in hand is settled. */
  abort(by: string): void
}

/**
 * Serves the control socket of a run that this process has locked, until it is disposed. A socket that a killed runner left is replaced.
 * Throws UserError `no-socket` where the folder's file system knows no sockets.
 */
export async function serveControl(runPath: string, control: Control): Promise<AsyncDisposable> {
  const folder = resolve(runPath)
  await rm(socketPath(folder), { force: true })
  const open = new Set<Socket>()
  const server = createServer(socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    converse(socket, control)
  })
  await withSocketPath(folder, path => listen(server, path)).catch((cause: unknown) => {
    throw new UserError(`No control socket can be made in ${folder}`, {
      code: 'no-socket',
      hint: 'Point SPILLWAY_HOME at a folder on a local disk.',
      cause,
    })
  })
  // The control socket alone must not keep a finished run alive.
  server.unref()
  return { [Symbol.asyncDispose]: () => close(server, open, folder) }
}

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(path, () => {
      server.off('error', failed)
      done()
    })
  })

async function close(server: Server, open: ReadonlySet<Socket>, folder: string): Promise<void> {
  const closed = new Promise<void>(done => server.close(() => done()))
  for (const socket of open) socket.destroySoon()
  await closed
  await rm(socketPath(folder), { force: true })
}

function converse(socket: Socket, control: Control): void {
  let text = ''
  socket.setEncoding('utf8')
  // A client that goes away in mid-sentence is its own affair; the run goes on.
  socket.on('error', () => socket.destroy())
  socket.on('data', chunk => {
    text += chunk
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    for (const line of lines) socket.write(`${toJson(answer(line, control))}\n`)
    if (text.length > MAX_REQUEST) socket.destroy()
  })
}

function answer(line: string, control: Control): Response {
  try {
    obey(readRequest(line), control)
    return { ok: true, envelope: control.status() }
  } catch (error) {
    const { code, hint } = error instanceof SpillwayError ? error : { code: 'control', hint: '' }
    return { ok: false, error: { code, message: error instanceof Error ? error.message : String(error), hint } }
  }
}

function obey(request: Request, control: Control): void {
  if (request.type === 'pause') control.pause(request.by, request.reason)
  if (request.type === 'resume') control.resume(request.by, request.ignore)
  if (request.type === 'set') control.rate(request.rate === 'unlimited' ? {} : request.rate, request.by)
  if (request.type === 'abort') control.abort(request.by)
}
