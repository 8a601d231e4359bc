import { access } from 'node:fs/promises'

/** Whether a file or folder is there. Anything that hides it from us counts as absent. */
export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
