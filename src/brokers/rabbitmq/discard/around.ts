import { isRecord, type JsonRecord } from '../../../core/revive.js'
import { listOf, recordOf, textOf } from '../management/fields.js'
import type { Answer, Management } from '../management.js'

/** A folder of data as a node tells it, absolute on its machine. */
export type NodeFolder = { readonly node: string; readonly path: string }

/** A dynamic shovel that reads the queue, or fills it. */
export type Shovel = { readonly name: string; readonly does: 'reads' | 'fills' }

/** What a survey does not tell, and a discard wants to know. Parts that nobody tells are empty. */
export type Around = { readonly folders: readonly NodeFolder[]; readonly shovels: readonly Shovel[] }

/** Asks the management API where the nodes keep their data (`db_dir`), and for shovels at the queue. */
export async function lookAround(api: Management, vhost: string, queue: string): Promise<Around> {
  const [nodes, shovels] = await Promise.all([
    api.get(['nodes'], { columns: 'name,db_dir,running' }),
    api.get(['parameters', 'shovel', vhost]),
  ])
  return {
    folders: recordsOf(nodes).flatMap(folderOf),
    shovels: recordsOf(shovels).flatMap(each => shovelAt(each, queue)),
  }
}

const recordsOf = (answer: Answer): readonly JsonRecord[] => (answer.ok ? listOf(answer.value) : [])

function folderOf(node: JsonRecord): NodeFolder[] {
  const [name, path] = [textOf(node, 'name'), textOf(node, 'db_dir')]
  return name === undefined || path === undefined ? [] : [{ node: name, path }]
}

/** Fields of a dynamic shovel: rabbitmq.com/docs/shovel-dynamic. One may read the queue of another server of the same name; it is named all the same. */
function shovelAt(parameter: JsonRecord, queue: string): Shovel[] {
  const value = recordOf(parameter, 'value')
  const name = textOf(parameter, 'name') ?? '?'
  if (!isRecord(value)) return []
  return [
    ...(textOf(value, 'src-queue') === queue ? [{ name, does: 'reads' as const }] : []),
    ...(textOf(value, 'dest-queue') === queue ? [{ name, does: 'fills' as const }] : []),
  ]
}
