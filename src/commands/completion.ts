import type { Command } from 'commander'
import type { Io } from '../io.js'
import { oneOf } from './choice.js'
import { act, declare } from './verb.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const

const AFTER = `Examples:
  source <(spillway completion bash)
  spillway completion zsh > ~/.zfunc/_spillway
  spillway completion fish > ~/.config/fish/completions/spillway.fish`

/** `spillway completion bash|zsh|fish`; `tree` is the root command, asked when it is complete. */
export const completionCommand = (io: Io, tree: () => Command) =>
  act<object, (typeof SHELLS)[number]>(
    declare({
      name: 'completion',
      summary: 'Print the completion script of a shell',
      group: 'Practise:',
      after: AFTER,
      exits: ['0 done', '2 unknown shell'],
    }).argument('[SHELL]', SHELLS.join(', ')),
    {
      io,
      parse: ({ args, problems }) => problems.finish('SHELL', problems.read('SHELL', args[0], oneOf(SHELLS))),
      run: async shell => {
        const { completionScript } = await import('./completion-script.js')
        io.out.write(completionScript(shell, tree()))
      },
    },
  )
