import type { RunbookRunRequest } from '../../commands/runbook.js'
import { maskAddress } from '../../core/address.js'
import { shellWord } from '../../core/command-words.js'
import type { Io, Presentation } from '../../io.js'
import { paintOf } from '../../present/color.js'
import { toPrettyJson } from '../../present/json.js'
import { pairs } from '../../present/table.js'
import { chainOf } from '../../runbook/chain.js'
import { chainStepText } from '../../runbook/chain-text.js'
import type { Value } from '../../runbook/command-text.js'
import { runbookCommandLine } from './command-again.js'
import type { Prepared } from './prepare.js'

type Where = { readonly io: Io; readonly present: Presentation }

/** Prints the whole chain with its values; runs nothing. */
export async function showDryRun(
  prepared: Prepared,
  request: RunbookRunRequest,
  { io, present }: Where,
): Promise<void> {
  const { quote } = await import('zx/core')
  const { found, values, from } = prepared
  const steps = chainOf(found.runbook, { values, quote }).filter(({ number }) => number >= from)
  const next = runbookCommandLine({ ...request, name: request.name }, request)
  if (present.format === 'json') {
    const planned = steps.map(step => ({ ...step, state: 'planned', exitCode: null, seconds: null }))
    io.out.write(toPrettyJson({ runbook: found.name, path: found.path, steps: planned, state: 'planned', next }))
    return
  }
  const { strong } = paintOf(present)
  const { title, purpose } = found.runbook
  io.out.write(
    `${strong(`RUNBOOK ${found.name}: a dry run, nothing was run`)}\n${title}: ${purpose}\n${found.path}\n\n`,
  )
  io.out.write(`${valuesText(prepared)}\n`)
  for (const step of steps) io.out.write(`${chainStepText(step)}\n`)
  io.out.write(`Do it: ${next}\n`)
}

const valuesText = ({ values }: Prepared): string =>
  pairs(
    [...values].map(([name, value]) => [name, maskAddress(shown(value))] as const),
    '   ',
  )

const shown = (value: Value): string => (typeof value === 'string' ? value : value.map(shellWord).join(' '))
