import { UserError } from '../../errors.js'
import { checkRunId } from '../run-id.js'

/** What a run has kept: `archive:RUN` of a discard, `parked:RUN` of any run. */
export type RunAddress = { readonly kind: 'archive' | 'parked'; readonly run: string }

const FORM = /^(archive|parked):(.*)$/is

/** Reads `archive:RUN` or `parked:RUN`; undefined for any other text. Throws UserError where RUN is none. */
export const parseRunAddress = (text: string): RunAddress | undefined => {
  const [, kind, run = ''] = FORM.exec(text) ?? []
  if (kind === undefined) return undefined
  if (run === '')
    throw new UserError(`${kind}: names no run`, { hint: `Write ${kind}:RUN; \`spillway runs\` lists them.` })
  return { kind: kind.toLowerCase() as RunAddress['kind'], run: checkRunId(run) }
}
