import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './machine.mjs'

/**
 * Writes bench/results/DATE.json and .md, with what tells it from others of that minute before the dot; answers the path without its ending.
 * @param {object} measured everything, each run included
 * @param {string} text the same for people
 * @param {string} [suffix]
 */
export function writeResults(measured, text, suffix = '') {
  const folder = join(ROOT, 'bench', 'results')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, measured.startedAt.slice(0, 16).replace(':', '-') + suffix)
  writeFileSync(`${path}.json`, `${JSON.stringify(measured, undefined, 1)}\n`)
  writeFileSync(`${path}.md`, `${text}\n`)
  return path
}
