import { isUtf8 } from 'node:buffer'
import type { Message } from '../../core/message.js'
import type { Attempt } from '../ports.js'

const OURS = /^SPILLWAY_(?:PASSWORD|HTTP_LOGIN|ID|KEY|ORIGIN|ATTEMPT|NULL|HEADER_.*)(?:_BASE64)?$/

/** The environment that all commands share: everything but Spillway's own secrets and what stands for a message. Pure. */
export const baseEnvironment = (env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)))

/** The environment of a command for one message (DESIGN §5, Handlers). Pure. */
export function commandEnvironment(base: NodeJS.ProcessEnv, { message, attempt }: Attempt): NodeJS.ProcessEnv {
  const env = { ...base }
  set(env, 'SPILLWAY_ID', Buffer.from(message.id))
  set(env, 'SPILLWAY_KEY', message.key)
  set(env, 'SPILLWAY_ORIGIN', Buffer.from(originText(message)))
  env.SPILLWAY_ATTEMPT = String(attempt)
  if (message.value === null) env.SPILLWAY_NULL = '1'
  for (const [name, value] of message.headers) set(env, `SPILLWAY_HEADER_${headerWord(name)}`, value)
  return env
}

/** `TARGET/LANE/MARK`. Pure. */
export const originText = ({ target, lane, mark }: Message): string => `${target}/${lane}/${mark}`

/** The later of two values wins whole: it takes the other form of the same name away, and null takes both. */
function set(env: NodeJS.ProcessEnv, name: string, value: Buffer | null): void {
  delete env[name]
  delete env[`${name}_BASE64`]
  if (value === null) return
  // A NUL byte ends a string of the environment, so it cannot stand in one.
  if (isUtf8(value) && !value.includes(0)) env[name] = value.toString('utf8')
  else env[`${name}_BASE64`] = value.toString('base64')
}

const headerWord = (name: string | Buffer): string =>
  (typeof name === 'string' ? name : name.toString('latin1')).replace(/[^A-Za-z0-9]/gu, '_').toUpperCase()
