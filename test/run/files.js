import { readdir, readFile } from 'node:fs/promises'

const TESTS = new URL('../', import.meta.url)
/** Where live tests lie in it, as vitest.config.ts has it. */
const LIVE = /^(live|contract|scenarios)\/.*\.test\.ts$/

/** How long each file took, written by `node test/run/live.js --record`. */
export const SECONDS = new URL('seconds.json', import.meta.url)

/** The live test files whose path has one of `words`; all where there are none. */
export async function filesOf(words) {
  const names = await readdir(TESTS, { recursive: true })
  const files = names.filter(name => LIVE.test(name)).map(name => `test/${name}`)
  return files.filter(file => words.length === 0 || words.some(word => file.includes(word)))
}

/** The longest first, so that none is begun when the others have nothing left; before them what was never measured. */
export async function orderOf(files) {
  const seconds = JSON.parse(await readFile(SECONDS, 'utf8'))
  const length = file => seconds[file] ?? Number.MAX_SAFE_INTEGER
  return [...files].sort((a, b) => length(b) - length(a) || a.localeCompare(b))
}
