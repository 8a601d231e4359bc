// Runs the live test files that its parent hands out (worker.js), with brokers that it starts once (test/live/setup.ts).
import { once } from 'node:events'
import { createVitest, DefaultReporter } from 'vitest/node'

/** The default reporter without totals, as a run is one file here; tells the parent when the brokers stand. */
class OneFile extends DefaultReporter {
  reportTestSummary() {}

  onTestModuleStart(module) {
    process.send({ begins: true })
    super.onTestModuleStart?.(module)
  }
}

/** Gives back what the parent answers. */
async function ask(message) {
  const answer = once(process, 'message')
  process.send(message)
  return (await answer)[0]
}

const vitest = await createVitest('test', { project: ['live'], watch: false, reporters: [new OneFile()] })
// Without its parent it has nothing to do either.
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) {
  process.once(event, () => {
    process.exitCode = 1
    void vitest.exit(true)
  })
}
await vitest.standalone()
let { file } = await ask({ wants: true })
while (file !== undefined) {
  const began = Date.now()
  const specifications = await vitest.globTestSpecifications([file])
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
  const ours = testModules.filter(module => module.moduleId.endsWith(file))
  const passed = ours.length > 0 && ours.every(module => module.ok()) && unhandledErrors.length === 0
  const seconds = Math.round((Date.now() - began) / 100) / 10
  ;({ file } = await ask({ wants: true, done: { passed, seconds } }))
}
await vitest.exit(true)
