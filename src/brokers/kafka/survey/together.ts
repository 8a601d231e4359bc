/**
 * Runs work side by side under one signal: the first failure aborts the rest, and all have ended before it is thrown, so
 * that nobody is still asking when the caller closes the connection. Throws that first failure.
 */
export const together = async <T extends readonly unknown[]>(
  outer: AbortSignal,
  start: (signal: AbortSignal) => { readonly [K in keyof T]: Promise<T[K]> },
): Promise<T> => {
  const failed = new AbortController()
  const work = start(AbortSignal.any([outer, failed.signal])).map(async promise => {
    try {
      return await promise
    } catch (error) {
      failed.abort(error)
      throw error
    }
  })
  await Promise.allSettled(work)
  if (failed.signal.aborted) throw failed.signal.reason
  return (await Promise.all(work)) as unknown as T
}
