import type { Command } from 'commander'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import { act, declare } from './verb.js'

/** `spillway lab fill` */
export const labFillCommand = (io: Io): Command =>
  act<object, undefined>(
    declare({ name: 'fill', summary: 'Make a realistic backlog', group: 'Lab:', after: '', exits: ['0 done'] }),
    {
      io,
      parse: () => undefined,
      run: async () => {
        throw new UserError('not built yet', { code: 'not-built' })
      },
    },
  )
