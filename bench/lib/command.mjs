/** Progress goes to stderr; stdout is for the tables. */
export const say = line => process.stderr.write(`${line}\n`)

/** Runs a bench command: errors as one line, exit code 1 (130 and 143 when stopped). */
export async function main(work) {
  try {
    await work(process.argv.slice(2))
  } catch (error) {
    say(process.env.DEBUG ? error.stack : `error: ${error.message}`)
    process.exitCode = error.exitCode ?? 1
  }
  process.exit()
}

/**
 * Does the work, and closes after it, also on Ctrl-C, which rejects with the exit code to end with.
 * @template T
 * @param {() => Promise<T>} work
 * @param {() => Promise<void>} close
 */
export async function untilStopped(work, close) {
  const stopped = new Promise((_, reject) => {
    for (const [name, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 }))
      process.once(name, () => reject(Object.assign(new Error(`stopped by ${name}`), { exitCode: code })))
  })
  try {
    return await Promise.race([work(), stopped])
  } finally {
    await close()
  }
}
