// A node until Ctrl-C: `node bench/rabbitmq/one.mjs --broker HOST:PORT --management URL` then starts at once.
import { main } from '../lib/command.mjs'
import { readOptions, USAGE } from './lib/options.mjs'
import { inSession } from './lib/session.mjs'

await main(async argv => {
  const options = readOptions(argv)
  if (options.help) return console.log(USAGE)
  await inSession(options, async ({ broker: { host, port, management, version, pid } }) => {
    console.log(`RabbitMQ ${version}: --broker ${host}:${port} --management ${management} (pid ${pid}); Ctrl-C ends it`)
    await new Promise(resolve => setTimeout(resolve, 2 ** 31 - 1))
  })
})
