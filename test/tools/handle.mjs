// Hands the messages that its parent sends to the handler of a module, 16 at a time, as one `fanout` would, and says how many are done.
// NUMBERED puts a number of 12 digits in front of each value, as `lab fill` does; TELL_FAILURES goes on after a failure.
import { pathToFileURL } from 'node:url'

const AT_ONCE = 16
const { default: handle, close } = await import(pathToFileURL(process.argv[2]).href)

process.once('message', async messages => {
  const { NUMBERED, TELL_FAILURES } = process.env
  const iterator = messages.entries()
  let handled = 0
  const work = async () => {
    for (const [index, { id, key, value }] of iterator) {
      const numbered = NUMBERED ? String(index).padStart(12, '0') + value : value
      try {
        await handle({ id, key: Buffer.from(key), value: Buffer.from(numbered), headers: [], attempt: 1 })
        process.send({ handled: ++handled })
      } catch (error) {
        if (!TELL_FAILURES) throw error
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  await close()
  process.disconnect()
})
