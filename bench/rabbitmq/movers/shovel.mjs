import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./shovel-starter.mjs', import.meta.url))

/** A dynamic shovel inside the node, without a socket, acking what was confirmed. It ends when it moved what was there. */
const shovel = (name, { shape, destination, ...how }) => ({
  name,
  digest: true,
  byKey: true,
  drains: true,
  shape,
  ...how,
  missing: () => undefined,
  command: ({ broker, source, target }) => ({
    file: process.execPath,
    args: [PROGRAM, broker.management, source, destination, target],
  }),
})

export const shovelOne = shovel('shovel-one', { shape: 'one', destination: 'dest-queue', routing: false })
export const shovelHash = shovel('shovel-hash', { shape: 'hash', destination: 'dest-exchange', routing: true })
