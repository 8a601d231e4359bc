import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UserError } from '../../../errors.js'
import { asReason } from '../reason.js'
import type { Context } from './context.js'
import type { HandledMessage } from './handled-message.js'

const BATCH_SIZE = 100
const LINGER_MS = 5

export type Each = (message: HandledMessage, context: Context) => unknown
export type Together = (messages: readonly HandledMessage[], context: Context) => unknown

/** What a module of the user's offers. `close` is called when the run ends. */
export type UserModule = { readonly close?: (() => unknown) | undefined } & (
  | { readonly form: 'each'; readonly call: Each }
  | { readonly form: 'batch'; readonly call: Together; readonly batchSize: number; readonly lingerMs: number }
)

const EXPECTED =
  'It must be an ES module with `export default async (message, context) => { … }`, or `export const batch = async (messages, context) => { … }`.'

/** Loads the user's module; `file` is read from `cwd`. Throws UserError naming the file and what is expected of it. */
export async function loadModule(file: string, cwd: string): Promise<UserModule> {
  const path = resolve(cwd, file)
  const exports = await imported(path)
  const close = typeof exports.close === 'function' ? (exports.close as () => unknown) : undefined
  if (typeof exports.batch === 'function')
    return { form: 'batch', call: exports.batch as Together, close, ...batchOptions(exports.options, path) }
  if (typeof exports.default === 'function') return { form: 'each', call: exports.default as Each, close }
  throw new UserError(`The module ${path} has no default export that is a function`, {
    code: 'handler',
    hint: EXPECTED,
  })
}

async function imported(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    const place = error instanceof SyntaxError ? ` \`node --check ${path}\` shows the place.` : ''
    throw new UserError(`The module ${path} cannot be loaded: ${asReason(said)}`, {
      code: 'handler',
      hint: `${EXPECTED}${place}`,
      cause: error,
    })
  }
}

function batchOptions(raw: unknown, path: string): { batchSize: number; lingerMs: number } {
  const { batchSize = BATCH_SIZE, lingerMs = LINGER_MS } = (raw ?? {}) as Record<string, unknown>
  if (isCount(batchSize) && batchSize > 0 && isCount(lingerMs)) return { batchSize, lingerMs }
  throw new UserError(`The module ${path} has options that are none`, {
    code: 'handler',
    hint: `\`export const options = { batchSize: ${BATCH_SIZE}, lingerMs: ${LINGER_MS} }\`: whole numbers, batchSize at least 1.`,
  })
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
