import type { Gauge } from '../../core/gauges.js'

/** Holds unless a GET of this address is answered with 2xx, redirects followed. */
export const healthCheck = (url: string): Gauge => ({
  name: 'health check',
  async read(signal) {
    const answer = await fetch(url, { signal, headers: { 'user-agent': 'spillway' } }).catch((error: Error) => {
      throw new Error(`no answer from ${url}${causeOf(error)}`, { cause: error })
    })
    await answer.body?.cancel()
    return answer.ok ? undefined : `${answer.status} ${answer.statusText} from ${url}`.replace('  ', ' ')
  },
})

/** fetch hides what went wrong in the cause of its error. */
function causeOf({ cause }: Error): string {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException
  return code === undefined ? '' : ` (${code})`
}
