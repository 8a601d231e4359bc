/** A word of `args` as it is: Kubernetes fills in `$(NAME)` there, and leaves `$$(` (Container.args of its API reference). */
export const literal = (word: string): string => word.split('$(').join('$$(')

/** A double-quoted scalar: JSON strings are YAML (YAML 1.2, 1.3). */
export const yamlText = (value: string): string => JSON.stringify(value)
