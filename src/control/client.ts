import { createConnection, type Socket } from 'node:net'
import { resolve } from 'node:path'
import { RunError } from '../errors.js'
import { type Request, type Response, readResponse } from './protocol.js'
import { withSocketPath } from './socket-path.js'

const NOBODY: readonly string[] = ['ENOENT', 'ECONNREFUSED', 'ENOTDIR']

/**
 * Asks the live runner of a run; `not running` where there is none. Throws RunError `unresponsive` where a process holds the socket
 * but does not answer within `timeoutMs` (2 s).
 */
export async function ask(runPath: string, request: Request, timeoutMs = 2_000): Promise<Response | 'not running'> {
  const socket = await withSocketPath(resolve(runPath), connect)
  if (socket === undefined) return 'not running'
  try {
    return await converse(socket, request, timeoutMs)
  } finally {
    socket.destroy()
  }
}

const connect = (path: string): Promise<Socket | undefined> =>
  new Promise((done, failed) => {
    const socket = createConnection(path)
    socket.once('connect', () => done(socket))
    socket.once('error', error => {
      if ('code' in error && NOBODY.includes(String(error.code))) done(undefined)
      else failed(error)
    })
  })

function converse(socket: Socket, request: Request, timeoutMs: number): Promise<Response> {
  return new Promise((done, failed) => {
    let text = ''
    const giveUp = (cause?: unknown) => failed(unresponsive(cause))
    socket.setEncoding('utf8')
    socket.setTimeout(timeoutMs, () => giveUp())
    socket.once('error', giveUp)
    socket.once('close', () => giveUp())
    socket.on('data', chunk => {
      text += chunk
      if (!text.includes('\n')) return
      try {
        done(readResponse(text.slice(0, text.indexOf('\n'))))
      } catch (error) {
        giveUp(error)
      }
    })
    socket.write(`${JSON.stringify(request)}\n`)
  })
}

const unresponsive = (cause: unknown): RunError =>
  new RunError('The process of this run does not answer', {
    code: 'unresponsive',
    hint: 'It may be suspended or out of memory: look at it with ps. `spillway resume` takes over once it is gone.',
    cause,
  })
