import { setTimeout as sleep } from 'node:timers/promises'

/** Waits before a fault is tried again: 100 ms, doubling to 5 s, with a little chance in it so that lanes do not come back in step. */
export async function backoff(attempt: number, soft: AbortSignal): Promise<void> {
  const ms = Math.min(5000, 100 * 2 ** Math.min(attempt - 1, 6)) * (0.75 + Math.random() / 2)
  await sleep(ms, undefined, { signal: soft }).catch(() => undefined)
}
