import type { Path } from './yaml.js'

type Env = Readonly<Record<string, string | undefined>>

/** A variable that a settings value asks for, and that is not set. */
export type Unset = { readonly name: string; readonly at: Path }

/** The same value with every `${NAME}` in its texts filled in; unset ones stay as they are and are listed. */
export const fillIn = (value: unknown, env: Env, at: Path = []): { value: unknown; unset: readonly Unset[] } => {
  if (typeof value === 'string') return fillText(value, env, at)
  if (typeof value !== 'object' || value === null) return { value, unset: [] }
  const unset: Unset[] = []
  const inner = (child: unknown, key: string | number): unknown => {
    const filled = fillIn(child, env, [...at, key])
    unset.push(...filled.unset)
    return filled.value
  }
  const filled = Array.isArray(value)
    ? value.map((child, i) => inner(child, i))
    : Object.fromEntries(Object.entries(value).map(([key, child]) => [key, inner(child, key)]))
  return { value: filled, unset }
}

const fillText = (text: string, env: Env, at: Path): { value: string; unset: readonly Unset[] } => {
  const unset: Unset[] = []
  const value = text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
    if (env[name]) return env[name]
    unset.push({ name, at })
    return whole
  })
  return { value, unset }
}
