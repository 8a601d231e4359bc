/** An argument for a POSIX shell, in single quotes: addresses hold `?` and `&`. */
export const quoted = (argument: string): string => `'${argument.replaceAll("'", "'\\''")}'`
