import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { PlannedMap, RowMapping } from '../../../core/row-mapping.js'
import type { RowsAsked } from '../../../core/rows-asked.js'
import { Refusal, UserError } from '../../../errors.js'
import type { Column } from '../ports.js'
import { assertColumns } from './columns.js'
import { compileMapping } from './compile.js'
import { loadMapModule } from './load-module.js'
import { moduleMapper } from './module.js'
import { parseMapping } from './parse.js'
import type { MapPath } from './texts.js'
import { type ToMessage, toMessageBy } from './to-message.js'

/** How a mapping is put against rows. */
export type AgainstRows = {
  readonly asked: RowsAsked
  /** Of times that do not say theirs. */
  readonly zone: string
  /** Those that all rows have; none where each has its own. */
  readonly columns: readonly Column[]
}

/** A mapping, ready for rows. */
export type RowMap = {
  readonly planned: PlannedMap
  /** Throws UserError `no-column`. A module says in its rows what it lacks. */
  assertColumns(columns: readonly Column[]): void
  toMessage(rows: AgainstRows): ToMessage
}

/** Reads a mapping; `file` is absolute. YAML where it does not end as a module does. Throws UserError `mapping`. */
export async function openMap(file: string): Promise<RowMap> {
  const bytes = await contentOf(file)
  const digest = digestOf(bytes)
  if (isModule(file)) return ofModule({ kind: 'module', file, digest })
  if (!isUtf8(bytes)) throw new UserError(`${file} is not UTF-8`, { code: 'mapping', hint: 'Save it as UTF-8.' })
  const { mapping, where } = parseMapping(file, bytes.toString())
  return ofYaml({ kind: 'yaml', file, digest, mapping }, where)
}

/** The mapping of a plan: a YAML one as the plan has it, a module if it is still the same. Throws UserError, Refusal `stale`. */
export async function reopenMap(planned: PlannedMap): Promise<RowMap> {
  if (planned.kind === 'yaml') return ofYaml(planned)
  if (digestOf(await contentOf(planned.file)) === planned.digest) return ofModule(planned)
  throw new Refusal(`The mapping ${planned.file} was edited after the plan was made`, {
    code: 'stale',
    hint: 'Put it back as it was and resume, or plan a new replay of what is missing.',
  })
}

/** Whether a file is taken for a module. */
export const isModule = (file: string): boolean => /\.(m?js)$/i.test(file)

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new UserError(`The mapping ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, {
      code: 'mapping',
      hint: 'Name a YAML file or a module: --map orders.yaml.',
      cause,
    })
  }
}

function ofYaml(planned: PlannedMap & { readonly mapping: RowMapping }, where?: (path: MapPath) => string): RowMap {
  const { file, mapping } = planned
  return {
    planned,
    assertColumns: columns => assertColumns(file, mapping, { columns, where }),
    toMessage: ({ asked, zone, columns: known }) =>
      toMessageBy(asked, columns => {
        // Of a table all others would be parked as well.
        if (known.length > 0) assertColumns(file, mapping, { columns })
        return compileMapping(mapping, asked, { columns, zone })
      }),
  }
}

async function ofModule(planned: PlannedMap): Promise<RowMap> {
  const map = await loadMapModule(planned.file)
  return {
    planned,
    assertColumns: () => undefined,
    toMessage: ({ asked }) => toMessageBy(asked, columns => moduleMapper(map, asked, columns)),
  }
}
