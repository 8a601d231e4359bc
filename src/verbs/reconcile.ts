import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ReconcileRequest } from '../commands/reconcile-request.js'
import { toPrettyJson } from '../core/canonical-json.js'
import { defined } from '../core/defined.js'
import { homeFolder } from '../core/home.js'
import { makeRunId } from '../core/run-id.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { type Reconciled, reconcile } from '../reconcile/reconcile.js'
import { reconcileText } from '../report/reconcile-text.js'
import { openSources } from './reconcile/sources.js'
import { makeWorkFolder } from './reconcile/work-folder.js'
import { noteList } from './reconcile/written-lists.js'

/** Compares two sides and prints what never got through. Changes nothing but the file of missing ids. Sets `io.exitCode`: 3 where rows are missing. */
export async function reconcileVerb(request: ReconcileRequest, io: Io, present: Presentation): Promise<void> {
  const home = join(homeFolder(io.env), 'reconcile')
  const name = makeRunId(io.now())
  const temporary = await makeWorkFolder(request.temporary ?? home, name)
  const closing = [() => rm(temporary, { recursive: true, force: true })]
  try {
    const warnings: string[] = []
    const warn = (message: string) => {
      warnings.push(message)
      io.err.write(`warning: ${message}\n`)
    }
    const sources = await openSources({ request, temporary, closing, warn, io, present })
    const { from, to } = request.range
    const found = await reconcile({
      ...sources,
      range: defined({ from: from?.getTime(), to: to?.getTime() }),
      missingFile: resolve(request.save ?? join(home, `missing-${name}.txt`)),
      temporary,
      signal: io.soft,
      progress: telling(io, present),
    })
    await noteList(homeFolder(io.env), found.missingFile)
    const names = { expected: sources.expected.name, seen: sources.seen.map(each => each.name) }
    io.out.write(present.format === 'json' ? toPrettyJson({ ...found, warnings }) : reconcileText(found, names))
    io.exitCode = isWhole(found) ? EXIT.complete : EXIT.left
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

/** A row of which nobody can say whether it got through is not through. */
const isWhole = ({ missing, withoutId, withoutTime }: Reconciled): boolean =>
  missing + withoutId.expected + withoutTime === 0

/** Tells each state once, on standard error. */
function telling(io: Io, present: Presentation): (state: string) => void {
  let last = ''
  return state => {
    if (!present.quiet && state !== last) io.err.write(`${state}\n`)
    last = state
  }
}
