import type { LedgerRequest } from '../commands/ledger-request.js'
import { toPrettyJson } from '../core/canonical-json.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { ledgerText } from '../report/ledger-text.js'
import { casesOf } from './ledger/cases.js'
import { homeRuns } from './ledger/home-runs.js'
import { search } from './ledger/search.js'

/** Prints what the runs of this home did with messages. Sets `io.exitCode`: 3 where one of them is not found for certain. */
export async function ledger(request: LedgerRequest, io: Io, present: Presentation): Promise<void> {
  const home = await homeRuns(io, request.source)
  const { cases, notes } = await casesOf(request, home.runs, io)
  const answers = await search({ runs: home.runs, notes: [...home.notes, ...notes] }, cases)
  const one = request.ids.length === 1 ? answers[0] : undefined
  if (present.format === 'json') io.out.write(toPrettyJson(one ?? answers))
  else if (answers.length === 0) io.out.write(`No message of this key in what ${home.runs.length} runs kept.\n`)
  else io.out.write(`${answers.map(ledgerText).join('\n\n')}\n`)
  io.exitCode = answers.length > 0 && answers.every(({ found }) => found) ? EXIT.complete : EXIT.left
}
