import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { splitWords } from '../../src/runbook/words.js'
import { type Running, spawnSpillway, spillway } from './kafka-lab.js'

/** How many messages pile up. */
export const MESSAGES = 300
const homes: string[] = []
afterAll(() => Promise.all(homes.map(home => rm(home, { recursive: true }))))

type Document = {
  record: string
  state: string
  next: string | null
  kept: Record<string, string>
  steps: { name: string; state: string; exitCode: number | null }[]
  error?: { code: string; details: { at: string; message: string }[] }
}
/** The originals: consumers of the source, which handle what comes. */
type Originals = { readonly start: () => Promise<() => Promise<unknown>> }

/** A night to be played: which runbook, its values, who the originals are. */
export type Night = {
  readonly runbook: string
  /** A password of the source, which has to be given again. */
  readonly password?: string
  readonly flags: readonly string[]
  readonly originals: Originals
  readonly home: string
}

/** A home that is gone after the last test. */
export const aHome = async (): Promise<string> => {
  const home = await mkdtemp(join(tmpdir(), 'spillway-runbook-'))
  homes.push(home)
  return home
}

/** What executes a runbook without questions. */
export const GO = ['--execute', '--yes', '--output', 'json']
/** The document that a runbook printed; fails with all that it said where there is none. */
export const documentOf = ({ stdout, stderr }: { stdout: string; stderr: string }): Document => {
  if (!stdout.startsWith('{')) throw new Error(`no JSON: ${stdout}${stderr}`)
  return JSON.parse(stdout) as Document
}
/** State of one step. */
export const stateOf = ({ steps }: Document, step: string) => steps.find(({ name }) => name === step)?.state
/** A handler that writes the value of each message as a line. */
export const handler = (home: string) => `--exec 'value=$(cat); echo "$value" >> ${home}/handled' --workers 4`
/** The lines that it wrote, sorted. */
export const handled = async (home: string): Promise<string[]> =>
  (await readFile(join(home, 'handled'), 'utf8')).trimEnd().split('\n').sort()

/** Starts the originals once the runbook says so, as the person at the terminal does. */
async function startWhenAsked({ finished, stderr }: Running, originals: Originals) {
  let over = false
  void finished.finally(() => {
    over = true
  })
  await expect.poll(() => over || stderr().includes('Start the originals (start'), { timeout: 240_000 }).toBe(true)
  const stop = over ? undefined : await originals.start()
  const ended = await finished
  await stop?.()
  return ended
}

/** Plays a whole night: refused while the originals run, carried on to its end by the very command that was printed. */
export async function play({ runbook, flags, originals, home, password }: Night): Promise<Document> {
  const stop = await originals.start()
  const refused = await spillway(['runbook', 'run', runbook, ...flags, ...GO], { home })
  await stop()
  const first = documentOf(refused)
  expect(
    { code: refused.code, state: first.state, stop: stateOf(first, 'stop-the-consumers') },
    refused.stderr,
  ).toEqual({
    code: 4,
    state: 'refused',
    stop: 'refused',
  })
  expect(first.error?.details).toContainEqual({
    at: 'way back of stop-the-consumers',
    message: 'start the consumers again. Once the drain has begun, only after the way back of the drain.',
  })
  const next = first.next ?? ''
  expect(next).toMatch(
    new RegExp(`^spillway runbook run ${runbook} .*--record ${first.record} --from stop-the-consumers`),
  )
  const [, ...words] = splitWords(password === undefined ? next : next.replace(':***@', `:${password}@`))
  const running = spawnSpillway([...words, '--yes', '--output', 'json', '--wait', '60s'], { home })
  const ended = await startWhenAsked(running, originals)
  const document = documentOf(ended)
  expect({ code: ended.code, ...document.error }, ended.stderr).toEqual({ code: 0 })
  expect(document).toMatchObject({ state: 'complete', next: null, kept: { run: expect.any(String) } })
  expect(document.steps.map(({ state }) => state)).toEqual(document.steps.map(() => 'done'))
  return document
}
