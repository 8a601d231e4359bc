/** Values of one origin: defaults, a file, the environment, the address. */
export type Layer<T> = { readonly origin: string; readonly values: { readonly [K in keyof T]?: T[K] | undefined } }

/** A value together with where it comes from. */
export type Resolved<T> = ReadonlyMap<keyof T & string, { readonly value: T[keyof T]; readonly origin: string }>

/** Later layers win; undefined never does. */
export const resolveLayers = <T extends object>(layers: readonly Layer<T>[]): Resolved<T> => {
  const resolved = new Map<keyof T & string, { value: T[keyof T]; origin: string }>()
  for (const { origin, values } of layers)
    for (const [key, value] of Object.entries(values))
      if (value !== undefined) resolved.set(key as keyof T & string, { value: value as T[keyof T], origin })
  return resolved
}

/** One line a setting, for `--verbose`: `password = *** (from SPILLWAY_PASSWORD)`. Secret values are never shown. */
export const describeLayers = <T extends object>(resolved: Resolved<T>, secret: readonly string[]): string[] =>
  [...resolved].map(([key, { value, origin }]) => {
    const shown = secret.includes(key) ? '***' : typeof value === 'string' ? value : JSON.stringify(value)
    return `${key} = ${shown} (from ${origin})`
  })
