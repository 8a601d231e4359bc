import type { Io, Presentation } from '../../io.js'
import { toPrettyJson } from '../../present/json.js'
import { pairs } from '../../present/table.js'
import { runbookCommandLine } from './command-again.js'
import { type Found, readRunbook, runbookNames } from './find.js'
import { openRecords, type RunbookRecord } from './record.js'

/** Prints the runbooks that can be found, and the records that are not finished. */
export async function showList(io: Io, present: Presentation): Promise<void> {
  const found = await Promise.all((await runbookNames()).map(readRunbook))
  const records = await openRecords(io.env)
  io.out.write(present.format === 'json' ? toPrettyJson(documentOf(found, records)) : textOf(found, records))
}

const documentOf = (found: readonly Found[], records: readonly RunbookRecord[]) => ({
  runbooks: found.map(({ name, path, runbook, problems }) => ({
    name,
    path,
    title: runbook.title,
    for: runbook.purpose,
    parameters: runbook.parameters,
    steps: runbook.steps.length,
    problems,
  })),
  unfinished: records.map(record => ({ ...record, next: carryOn(record) })),
})

const textOf = (found: readonly Found[], records: readonly RunbookRecord[]): string => {
  const rows = found.map(({ name, path, runbook, problems }) =>
    problems.length === 0
      ? ([name, `${runbook.title} (${runbook.steps.length} steps)`] as const)
      : ([name, `${problems.length} problems: spillway runbook show ${path}`] as const),
  )
  const unfinished = records.flatMap(({ id, runbook, state, nextStep }) => [
    `${id} ${runbook}: ${state} at ${nextStep}`,
    `  ${carryOn({ id, runbook, nextStep })}`,
  ])
  const open = unfinished.length === 0 ? '' : `\nNot finished:\n${unfinished.join('\n')}\n`
  return `${pairs(rows)}\nspillway runbook show NAME prints one, spillway runbook run NAME shows its steps.\n${open}`
}

const carryOn = ({ id, runbook, nextStep }: Pick<RunbookRecord, 'id' | 'runbook' | 'nextStep'>): string =>
  runbookCommandLine(
    { name: runbook, record: id, set: new Map(), ...(nextStep === null ? {} : { from: nextStep }) },
    {},
  )
