import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ReconcileRequest } from '../commands/reconcile-request.js'
import { toPrettyJson } from '../core/canonical-json.js'
import { defined } from '../core/defined.js'
import { homeFolder } from '../core/home.js'
import { makeRunId } from '../core/run-id.js'
import { EXIT } from '../errors.js'
import type { Io, Presentation } from '../io.js'
import { reconcile } from '../reconcile/reconcile.js'
import { reconcileText } from '../report/reconcile-text.js'
import { openSources } from './reconcile/sources.js'

/** Compares two sides and prints what never got through. Changes nothing but the file of missing ids. Sets `io.exitCode`: 3 where rows are missing. */
export async function reconcileVerb(request: ReconcileRequest, io: Io, present: Presentation): Promise<void> {
  const home = join(homeFolder(io.env), 'reconcile')
  const name = makeRunId(io.now())
  const temporary = join(request.temporary ?? home, `.work-${name}`)
  const closing = [() => rm(temporary, { recursive: true, force: true })]
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 })
    const sources = await openSources({ request, temporary, closing, io, present })
    const { from, to } = request.range
    const found = await reconcile({
      ...sources,
      range: defined({ from: from?.getTime(), to: to?.getTime() }),
      missingFile: resolve(request.save ?? join(home, `missing-${name}.txt`)),
      temporary,
      signal: io.soft,
      progress: state => present.quiet || io.err.write(`${state}\n`),
    })
    const names = { expected: sources.expected.name, seen: sources.seen.map(each => each.name) }
    io.out.write(present.format === 'json' ? toPrettyJson(found) : reconcileText(found, names))
    io.exitCode = found.missing > 0 || found.withoutId.expected > 0 ? EXIT.left : EXIT.complete
  } finally {
    for (const close of closing.reverse()) await close()
  }
}
