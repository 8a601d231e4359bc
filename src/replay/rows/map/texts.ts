import type { MappedJson, RowMapping } from '../../../core/row-mapping.js'

/** Where in a mapping something stands. */
export type MapPath = readonly (string | number)[]

/** A text of a mapping, in which columns may stand. */
export type PlacedText = { readonly path: MapPath; readonly text: string }

/** Every leaf of a template of JSON with its path. Pure. */
export function* leavesOf(
  value: unknown,
  path: MapPath,
): Generator<{ readonly path: MapPath; readonly leaf: unknown }> {
  if (Array.isArray(value)) for (const [at, each] of value.entries()) yield* leavesOf(each, [...path, at])
  else if (value !== null && typeof value === 'object')
    for (const [name, each] of Object.entries(value)) yield* leavesOf(each, [...path, name])
  else yield { path, leaf: value }
}

/** All texts of a mapping, in its order. Pure. */
export function textsOf({ key, headers, body, eventId, ...rest }: RowMapping): readonly PlacedText[] {
  const named = (name: string, text: string | null | undefined): PlacedText[] =>
    text === undefined || text === null ? [] : [{ path: [name], text }]
  return [
    ...named('key', key),
    ...Object.entries(headers ?? {}).map(([name, text]) => ({ path: ['headers', name], text })),
    ...(body !== undefined && 'text' in body ? [{ path: ['body', 'text'], text: body.text }] : []),
    ...(body !== undefined && 'json' in body ? jsonTexts(body.json) : []),
    ...named('contentType', rest.contentType),
    ...named('timestamp', rest.timestamp),
    ...named('eventId', typeof eventId === 'string' ? eventId : undefined),
    ...(typeof eventId === 'object' && 'name' in eventId ? [{ path: ['eventId', 'name'], text: eventId.name }] : []),
    ...named('version', rest.version),
    ...named('routingKey', rest.routingKey),
  ]
}

const jsonTexts = (json: MappedJson): PlacedText[] =>
  [...leavesOf(json, ['body', 'json'])].flatMap(({ path, leaf }) =>
    typeof leaf === 'string' ? [{ path, text: leaf }] : [],
  )

/** Columns that a mapping names outside of texts. Pure. */
export const namedColumns = ({
  body,
  eventId,
}: RowMapping): readonly { readonly path: MapPath; readonly name: string }[] => [
  ...(body !== undefined && 'column' in body ? [{ path: ['body', 'column'], name: body.column }] : []),
  ...(typeof eventId === 'object' && 'columns' in eventId
    ? eventId.columns.map((name, at) => ({ path: ['eventId', 'columns', at], name }))
    : []),
]
