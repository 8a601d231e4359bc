/** Names of parameters and kept values: lower case, so that the shell's own variables are never meant. */
export const isName = (text: string): boolean => /^[a-z][a-z0-9-]*$/.test(text)

/** The name of a step from its heading: `## 3. Stop the consumers` is `stop-the-consumers`. */
export const nameOfStep = (heading: string): string =>
  heading
    .replace(/^\d+[.)]\s*/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
