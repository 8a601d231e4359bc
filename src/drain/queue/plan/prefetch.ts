const WINDOW_BYTES = 64 * 2 ** 20
const MOST = 2000
const MOST_SMALL = 5000
const SMALL_BYTES = 4096
// Where nobody can say how large the messages are, as if they had this many bytes.
const GUESSED_BYTES = 64 * 1024

/**
 * Messages in flight at most: 64 MiB over the largest body known, from 1 to 2,000; to 5,000 where bodies are under 4 KiB.
 * The consumer counts messages, not bytes, so big bodies need it small (basic.qos, AMQP 0-9-1).
 */
export const prefetchFor = (bodyBytes: number = GUESSED_BYTES): number => {
  const most = bodyBytes < SMALL_BYTES ? MOST_SMALL : MOST
  return Math.max(1, Math.min(most, Math.floor(WINDOW_BYTES / Math.max(1, bodyBytes))))
}
