import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../lib/tools.mjs'

/**
 * Writes bench/results/DATE.json and .md; answers the path without its ending.
 * @param {object} measured everything, each run included
 * @param {string} text the same for people
 */
export function writeResults(measured, text) {
  const folder = join(ROOT, 'bench', 'results')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, measured.startedAt.slice(0, 16).replace(':', '-'))
  writeFileSync(`${path}.json`, `${JSON.stringify(measured, undefined, 1)}\n`)
  writeFileSync(`${path}.md`, `${text}\n`)
  return path
}
