import { Command } from 'commander'
import { suggestion } from '../core/did-you-mean.js'
import { UserError } from '../errors.js'
import type { Io } from '../io.js'
import {
  type ArchiveRequest,
  listRequest,
  runRequest,
  type ShowFlags,
  type ShowRequest,
  type SqlRequest,
  showRequest,
  sqlRequest,
} from './archive-request.js'
import { act, declare, withCommonFlags } from './verb.js'

/** `spillway archive ls|show|verify|sql` */
export function archiveCommand(io: Io): Command {
  const archive = new Command('archive')
    .description('What discards have kept: list, look in, verify, ask in SQL')
    .helpGroup('Look:')
  const verbs = [lsCommand(io), showCommand(io), verifyCommand(io), sqlCommand(io)]
  for (const verb of verbs) archive.addCommand(verb)
  withCommonFlags(archive)
  archive.argument('[verb]').allowUnknownOption().allowExcessArguments()
  return archive.action((word?: string) => {
    const verb = word?.startsWith('-') ? undefined : word
    const names = verbs.map(each => each.name())
    const hint = verb === undefined ? 'Write `spillway archive ls`.' : suggestion(verb, names, 'verbs')
    throw new UserError(verb === undefined ? 'archive needs a verb' : `unknown command "archive ${verb}"`, { hint })
  })
}

const lsCommand = (io: Io): Command =>
  act<object, ArchiveRequest>(
    declare({
      name: 'ls',
      summary: 'The archives of this machine, or the files of one',
      group: 'Archive:',
      after: 'Examples:\n  spillway archive ls\n  spillway archive ls RUN',
      exits: ['0 done', '2 no such archive'],
    }).argument('[RUN]', 'id of the run, or archive:RUN'),
    {
      io,
      parse: listRequest,
      run: async (request, present) => (await import('../verbs/archive.js')).archiveLs(request, io, present),
    },
  )

const SHOW = `Examples:
  spillway archive show RUN
  spillway archive show RUN --id orders/3/1234567
  spillway archive show RUN --key 4711 --limit 100
  spillway archive show RUN --from 2026-01-31T08:00+08:00 --to-time 2026-01-31T09:00+08:00`

const showCommand = (io: Io): Command =>
  act<ShowFlags, ShowRequest>(
    declare({
      name: 'show',
      summary: 'Messages of an archive, by its index',
      group: 'Archive:',
      after: SHOW,
      exits: ['0 done', '2 no such archive', '3 no such message'],
    })
      .argument('[RUN]', 'id of the run, or archive:RUN')
      .option('--id <id>', 'with this id; once for each', collect)
      .option('--key <key>', 'with this key, or base64:...; once for each', collect)
      .option('--from <time>', 'not older than this')
      .option('--since <time>', 'the same')
      .option('--to-time <time>', 'older than this')
      .option('--before <time>', 'the same')
      .option('--tz <zone>', 'zone of times that do not say theirs (UTC)')
      .option('--limit <n>', 'at most so many (20)'),
    {
      io,
      parse: given => showRequest(given, io),
      run: async (request, present) => (await import('../verbs/archive.js')).archiveShow(request, io, present),
    },
  )

const verifyCommand = (io: Io): Command =>
  act<object, ArchiveRequest & { readonly run: string }>(
    declare({
      name: 'verify',
      summary: 'Read an archive through; name file and byte of what was cut or altered',
      group: 'Archive:',
      after: 'Example:\n  spillway archive verify RUN',
      exits: ['0 as it was written', '1 damaged', '2 no such archive'],
    }).argument('[RUN]', 'id of the run, or archive:RUN'),
    {
      io,
      parse: given => runRequest(given, io),
      run: async (request, present) => (await import('../verbs/archive.js')).archiveVerify(request, io, present),
    },
  )

const SQL = `Examples:
  spillway archive sql RUN 'SELECT count(*), min(time), max(time) FROM messages'
  spillway archive sql RUN 'SELECT key, count(*) AS n FROM messages
    GROUP BY key ORDER BY n DESC LIMIT 10'

Tables: index     id, key, key_base64, timestamp (ms), lane, mark, size, digest
        messages  the same, with time (UTC) in place of timestamp
key_base64 has the key where that is not UTF-8. The dialect is DuckDB's; the archive
is only read, and nothing else of this machine.`

const sqlCommand = (io: Io): Command =>
  act<{ limit?: string }, SqlRequest>(
    declare({
      name: 'sql',
      summary: 'Ask the index of an archive in SQL',
      group: 'Archive:',
      after: SQL,
      exits: ['0 done', '2 no such archive, or not this SQL'],
    })
      .argument('[RUN]', 'id of the run, or archive:RUN')
      .argument('[SELECT]', 'one statement, in quotes')
      .option('--limit <n>', 'at most so many rows (10000)'),
    {
      io,
      parse: given => sqlRequest(given, io),
      run: async (request, present) => (await import('../verbs/archive.js')).archiveSql(request, io, present),
    },
  )

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
