import { createInterface } from 'node:readline'

async function handle(message) {
  if (message.value === null) throw new Error('no value')
  // Your work: one transaction, with message.id under a unique key.
}

// Not awaited: as many at once as --concurrency says; answers may come in any order.
createInterface({ input: process.stdin }).on('line', async line => {
  const message = JSON.parse(line)
  const answer = await handle(message).then(
    () => ({ ok: true }),
    error => ({ ok: false, error: error.message }),
  )
  process.stdout.write(`${JSON.stringify({ id: message.id, ...answer })}\n`)
})
