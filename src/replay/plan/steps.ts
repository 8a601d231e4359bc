import type { MissingFrom } from '../../core/missing-from.js'
import type { Step } from '../../core/plan.js'
import { formatCount, formatDuration } from '../../core/quantity.js'
import type { RowsFrom } from '../../core/replay-plan.js'
import { nameOfRows } from '../../core/rows-asked.js'
import type { ReplayDraft } from '../plan.js'

const NO_UNDO = 'no undo: what is sent is sent'

/** What is done, in order. */
export const stepsOf = (plan: ReplayDraft): readonly Step[] => [read(plan), send(plan), park(plan), ...forget(plan)]

const step = (title: string, undo = ''): Step => ({ title, undo, undoUntil: '' })

const read = ({ source, from, lanes, filter }: ReplayDraft): Step =>
  step(
    from.kind === 'rows'
      ? rowsInWords(source, from)
      : `Read ${source}, ${lanes.length === 1 ? 'one lane' : `${formatCount(lanes.length)} lanes`}, page by page, each page whole before it is sent${filter === undefined ? '' : '; what was not asked for counts as skipped'}${'missing' in from ? only(from.missing) : ''}`,
  )

const only = (missing: MissingFrom | undefined): string => {
  if (missing === undefined) return ''
  if (missing.kind === 'seen')
    return `; of these only what ${missing.address} has not, compared once before the first is sent, the others count as skipped`
  const who = missing.kind === 'list' ? `${missing.path} lists` : `run ${missing.run} has parked`
  return `; of these only the ${formatCount(missing.ids)} that ${who}, the others count as skipped`
}

function rowsInWords(source: string, { rows, file, missing }: RowsFrom): string {
  const { time, key, rescanMs = 0 } = rows
  const by = time === '' ? 'in the order of the file' : `by ${time} and ${key}`
  if (file !== undefined) return `Read ${source} ${by}, page by page${only(missing)}`
  const again =
    rescanMs === 0
      ? ''
      : `; read the last ${formatDuration(rescanMs / 1000)} of the window again until nothing new is in it`
  return `Read ${nameOfRows(rows)} of ${source} ${by}, page by page, in a session that can only read${again}${only(missing)}`
}

function send({ guarantee, target, place, rate }: ReplayDraft): Step {
  const to = target === 'origin' ? 'each message where it came from' : `to ${place}`
  const pace = rate === undefined ? '' : ', no faster than --rate'
  const how = {
    transactions: `in transactions that hold the position as well; each closes within 200 ms while the broker keeps up, and no wait is inside one${pace}`,
    idempotent: `by an idempotent producer; the position is journalled page by page${pace}`,
    confirms: `with confirms and mandatory; the position is journalled page by page${pace}`,
  }[guarantee]
  return step(`Send ${to}, ${how}`, NO_UNDO)
}

const park = ({ maxReplays }: ReplayDraft): Step =>
  step(
    `Park in the run's parked.ndjson what the target can never take, and what was replayed ${formatCount(maxReplays)} times already`,
  )

const forget = ({ guarantee, run, group }: ReplayDraft): readonly Step[] =>
  guarantee === 'transactions' && group === undefined
    ? [step(`Delete group spillway.replay.${run}, which held the position`)]
    : []
