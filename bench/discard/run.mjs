import { main } from '../lib/command.mjs'

/** Each part measures one system, with options of its own: `export async function bench(argv)`. */
const PARTS = { rabbitmq: () => import('./rabbit.mjs'), kafka: () => import('./kafka.mjs') }

await main(async ([part, ...argv]) => {
  const load = PARTS[part]
  if (load === undefined)
    throw new Error(`npm run bench:discard -- ${Object.keys(PARTS).join('|')} [options]; --help shows them`)
  await (await load()).bench(argv)
})
