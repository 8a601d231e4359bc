/** Verbs that surveys and plans name already, and that come with a later version. */
export const LATER_VERBS: readonly string[] = ['audit']

/** A command to be typed; of a verb that is not there yet it says so, in a comment of the shell. */
export const typed = (command: string): string =>
  LATER_VERBS.includes(command.split(' ')[1] ?? '') ? `${command}  # comes with a later version` : command
