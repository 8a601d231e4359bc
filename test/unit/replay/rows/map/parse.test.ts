import { describe, expect, it } from 'vitest'
import type { UserError } from '../../../../../src/errors.js'
import { assertColumns } from '../../../../../src/replay/rows/map/columns.js'
import { parseMapping } from '../../../../../src/replay/rows/map/parse.js'
import { COLUMNS } from './rows.js'

const problems = (text: string): string[] => {
  try {
    parseMapping('m.yaml', text)
  } catch (error) {
    return (error as UserError).details.map(({ at, message }) => `${at}: ${message}`)
  }
  return []
}

const WHOLE = `
key: \${id}
headers:
  event-type: OrderCreated
  tenant: \${note}
body:
  json:
    id: \${id}
    lines: [{ n: "\${doc/items/0/n}", fixed: 1.5 }]
contentType: application/json
timestamp: \${at}
eventId: { columns: [id, amount] }
eventIdHeader: ce-id
routingKey: orders.\${note}
`

describe('a mapping in YAML', () => {
  it('is read as it stands', () => {
    expect(parseMapping('m.yaml', WHOLE).mapping).toMatchObject({
      key: '${id}',
      body: { json: { lines: [{ n: '${doc/items/0/n}', fixed: 1.5 }] } },
      eventId: { columns: ['id', 'amount'] },
    })
  })
  it('tells all problems at once, each with its path and its line', () => {
    const text = `kee: \${id}
key: id
headers:
  a: 5
  x-event-id: \${note}
  x-replay-run: mine
body:
  json:
    b: [\${ id, 12345678901234567890]
  column: raw
version: \${at}
eventId: {column: id}
timestamp: \${at as time}
`
    expect(problems(text.replace('${ id,', '"${ id",'))).toEqual([
      'key (line 2): is the same for every row: write ${id} for the column',
      'headers.a (line 4): must be text: put it in quotes',
      'body (line 8): has json and column: give one of json, text, column, row',
      'timestamp (line 13): ${at as time}: there is no "as time", only text, number, json, base64, hex, seconds, milliseconds',
      'kee (line 1): unknown key "kee". Did you mean key?',
      'eventId.columns (line 12): is missing',
      'eventId.column (line 12): unknown key "column". Did you mean columns?',
      'body.json.b.0 (line 9): ${ without its }: write ${COLUMN}, or $${ for the two characters',
      'body.json.b.1 (line 9): has more digits than a number keeps',
      'headers.x-event-id (line 5): is the header of the event id: choose another eventIdHeader',
      'headers.x-replay-run (line 6): is a header that the replay adds by itself',
      'version (line 11): is part of the event id only where there is no eventId: leave one of them away',
    ])
  })
  it('is refused where nothing is in it, or no YAML', () => {
    expect(problems('')).toHaveLength(1)
    expect(problems('- a')).toHaveLength(1)
    expect(problems('key: "x')).toHaveLength(1)
    expect(problems('body: {json: ${id}}')).not.toEqual([])
    expect(problems('eventId: {namespace: x, name: "${id}"}')).toEqual(['eventId.namespace (line 1): must be a UUID'])
  })
})

describe('columns that are not there', () => {
  it('are named all at once, with the nearest that there is', () => {
    const text = 'key: ${idd}\nbody:\n  json:\n    x: ["${dok/a/b} ${zzz}"]\neventId: {columns: [ammount]}\n'
    const { mapping, where } = parseMapping('m.yaml', text)
    expect(() => assertColumns('m.yaml', mapping, { columns: COLUMNS, where })).toThrow(
      expect.objectContaining({
        code: 'no-column',
        exitCode: 2,
        details: [
          { at: 'key (line 1)', message: 'there is no column idd. Did you mean id?' },
          { at: 'body.json.x.0 (line 4)', message: 'there is no column dok. Did you mean doc?' },
          { at: 'body.json.x.0 (line 4)', message: 'there is no column zzz' },
          { at: 'eventId.columns.0 (line 5)', message: 'there is no column ammount. Did you mean amount?' },
        ],
      }),
    )
  })
})
