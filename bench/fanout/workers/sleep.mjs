import { begin, end } from './meter.mjs'

/** A handler that waits a millisecond, as one that asks a service would. */
export default async function sleep() {
  const began = begin()
  await new Promise(resolve => setTimeout(resolve, 1))
  end(began)
}
