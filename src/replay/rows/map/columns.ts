import { nearest } from '../../../core/did-you-mean.js'
import type { RowMapping } from '../../../core/row-mapping.js'
import { type Detail, UserError } from '../../../errors.js'
import type { Column } from '../ports.js'
import { columnOf } from './cell.js'
import { parseTemplate, referencesIn, WHOLE_ROW } from './template.js'
import { type MapPath, namedColumns, textsOf } from './texts.js'

type Against = {
  readonly columns: readonly Column[]
  /** Names a path of the mapping, with its line where that is known. */
  readonly where?: ((path: MapPath) => string) | undefined
}

/** Throws one UserError `no-column` with every column that a mapping names and the rows have not; each with the nearest that there is. */
export function assertColumns(file: string, mapping: RowMapping, { columns, where = pathText }: Against): void {
  const problems = [...missing(mapping, columns)].map(
    ({ path, name }): Detail => ({ at: where(path), message: `there is no column ${name}${meant(name, columns)}` }),
  )
  if (problems.length === 0) return
  const count = problems.length === 1 ? 'a column' : `${problems.length} columns`
  throw new UserError(`${file} names ${count} that the rows do not have`, {
    code: 'no-column',
    hint: `There are: ${columns.map(({ name }) => name).join(', ')}.`,
    details: problems,
  })
}

function* missing(mapping: RowMapping, columns: readonly Column[]): Generator<{ path: MapPath; name: string }> {
  for (const { path, text } of textsOf(mapping))
    for (const reference of referencesIn(parseTemplate(text)))
      if (reference.name !== WHOLE_ROW && columnOf(reference, columns) === undefined)
        yield { path, name: reference.name.split('/')[0] ?? '' }
  for (const { path, name } of namedColumns(mapping))
    if (!columns.some(each => each.name === name)) yield { path, name }
}

const meant = (name: string, columns: readonly Column[]): string => {
  const near = nearest(
    name,
    columns.map(each => each.name),
  )
  return near === undefined ? '' : `. Did you mean ${near}?`
}

const pathText = (path: MapPath): string => path.join('.')
