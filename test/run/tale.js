import { stripVTControlCharacters } from 'node:util'

/** Where vitest begins to tell why a file failed, and the first line of the next file. */
const TALE = /Failed (Tests|Suites)|Unhandled (Errors|Rejections)/
const FILE = /^ . +live +test\/\S+\.test\.ts \(\d+ tests?/u
/** Lines kept of a worker that died without a tale. */
const LAST = 60

/** Keeps all that is told of failures, and the last lines. */
export function memory() {
  const tales = []
  const last = []
  let telling = false
  return {
    tales,
    last,
    keep(line) {
      const plain = stripVTControlCharacters(line)
      telling = (telling && !FILE.test(plain)) || TALE.test(plain)
      if (telling) tales.push(line)
      last.push(line)
      if (last.length > LAST) last.shift()
    },
  }
}

/** Tells again at the very end what went wrong: whoever sees only the last of a long log sees why. */
export function tellAgain(ends) {
  for (const { name, how, passed, tales, last } of ends) {
    if (passed) continue
    const lines = tales.length > 0 ? tales : last
    process.stdout.write(`\nWorker ${name} failed (${how}):\n${lines.join('\n')}\n`)
  }
}
