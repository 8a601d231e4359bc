import { request as plain } from 'node:http'
import { type RequestOptions, request as secure } from 'node:https'

/** What came back: a status with its body, or why nothing came. Never throws but for the signal's reason. */
export type Reply =
  | { readonly status: number; readonly body: string }
  | { readonly failure: NodeJS.ErrnoException | Error }

/** How to ask. `tls` is PEM text, as node:https takes it. */
export type Asking = {
  readonly authorization: string
  readonly tls?: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

const LARGEST_BODY = 64 * 2 ** 20

/** One GET. A body over 64 MiB is given up. Throws the signal's reason when it aborts. */
export const httpGet = async (url: URL, asking: Asking): Promise<Reply> => {
  const reply = await exchange(url, asking)
  asking.signal?.throwIfAborted()
  return reply
}

const exchange = (url: URL, { authorization, tls = {}, timeoutMs, signal }: Asking): Promise<Reply> =>
  new Promise(resolve => {
    const deadline = AbortSignal.timeout(timeoutMs)
    const either = signal === undefined ? deadline : AbortSignal.any([deadline, signal])
    const options = { headers: { authorization, accept: 'application/json' }, agent: false, signal: either }
    const send = url.protocol === 'https:' ? secure : plain
    const call = send(url, { ...options, ...(url.protocol === 'https:' && tls) }, response => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        chunks.push(chunk)
        if (size > LARGEST_BODY) response.destroy(new Error('the answer is larger than 64 MiB'))
      })
      response.on('error', failure => resolve({ failure }))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    call.on('error', failure =>
      resolve({ failure: deadline.aborted ? new Error(`no answer within ${timeoutMs / 1000} s`) : failure }),
    )
    call.end()
  })
