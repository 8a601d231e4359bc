// A handler for `spillway fanout … --module examples/idempotent/redis.mjs`: check and effect in one script.
//
//   REDIS_URL=redis://host:6379 spillway fanout RUN --module examples/idempotent/redis.mjs --concurrency 16 --execute
//
// Redis runs a script whole, with nothing in between (https://redis.io/docs/latest/develop/programmability/eval-intro/).
// What a script has written before it fails stays, so it checks everything first and then writes.
import { createClient } from 'redis'

/** How long a mark is kept: longer than a message can still come again. */
const KEEP_SECONDS = 7 * 24 * 3600

// In a cluster both keys must be in one slot: give them a common {hash tag}.
const SCRIPT = `
  local cents = tonumber(ARGV[1])
  if cents == nil then return redis.error_reply('no cents') end
  if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[2]) then return 0 end
  redis.call('INCRBY', KEYS[2], cents)
  return 1`

const client = createClient({ url: process.env.REDIS_URL })
client.on('error', error => console.error(`redis: ${error.message}`))
const connected = client.connect()

export default async function handle(message) {
  await connected
  const { customer, cents } = JSON.parse(message.value)
  await client.eval(SCRIPT, {
    keys: [`handled:${message.id}`, `balance:${customer}`],
    arguments: [String(cents), String(KEEP_SECONDS)],
  })
}

/** Called when the run ends. */
export const close = () => client.close()
