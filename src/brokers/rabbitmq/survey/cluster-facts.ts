import { defined } from '../../../core/defined.js'
import type { QueueArguments } from '../../../core/queue-plan.js'
import type { QueueNode, QueuePolicy, QueueSurvey } from '../../../core/queue-survey.js'
import { isRecord, type JsonRecord } from '../../../core/revive.js'
import { flagOf, listOf, numberOf, recordOf, recordsOf, textOf, textsOf, wholeOf } from '../management/fields.js'

/** `/api/nodes`: memory and disk of each node, with its alarms. */
export const nodesOf = (answer: unknown): readonly QueueNode[] =>
  listOf(answer).map(node => ({
    node: textOf(node, 'name') ?? '?',
    running: flagOf(node, 'running') ?? false,
    memoryAlarm: flagOf(node, 'mem_alarm') ?? false,
    diskAlarm: flagOf(node, 'disk_free_alarm') ?? false,
    partitions: textsOf(node, 'partitions') ?? [],
    ...defined({
      memoryUsed: wholeOf(node, 'mem_used'),
      memoryLimit: wholeOf(node, 'mem_limit'),
      diskFree: wholeOf(node, 'disk_free'),
      diskLimit: wholeOf(node, 'disk_free_limit'),
    }),
  }))

/** `/api/policies/V` or `/api/operator-policies/V`: those that may apply to queues or exchanges. */
export const policiesOf = (answer: unknown, operator: boolean): readonly QueuePolicy[] =>
  listOf(answer)
    .map(policy => ({
      name: textOf(policy, 'name') ?? '?',
      operator,
      pattern: textOf(policy, 'pattern') ?? '',
      applyTo: textOf(policy, 'apply-to') ?? 'all',
      priority: numberOf(policy, 'priority') ?? 0,
      definition: scalars(recordOf(policy, 'definition')),
    }))
    .filter(({ applyTo }) => applyTo !== 'streams')

/** What of an object is text, number or boolean: arguments and policies hold nothing else that matters to a drain. */
export const scalars = (record: JsonRecord): QueueArguments =>
  Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name, value]] : [],
    ),
  )

/** `/api/vhost-limits/V`: most queues that the virtual host may have; undefined where there is no such limit. */
export const mostQueues = (answer: unknown): number | undefined => {
  const limit = numberOf(recordOf(listOf(answer)[0] ?? {}, 'value'), 'max-queues')
  return limit === undefined || limit < 0 ? undefined : limit
}

/** A page of `/api/queues/V`: how many queues there are in all, and those that were found. */
export const pageOf = (answer: unknown): { readonly total: number; readonly items: readonly JsonRecord[] } =>
  isRecord(answer)
    ? { total: numberOf(answer, 'total_count') ?? 0, items: recordsOf(answer, 'items') }
    : { total: listOf(answer).length, items: listOf(answer) }

/** Temporary queues among those found, with what is ready and unacked in them. */
export const temporaryQueuesOf = (items: readonly JsonRecord[]): QueueSurvey['temporaryQueues'] =>
  items
    .flatMap(item => {
      const name = textOf(item, 'name')
      return name === undefined ? [] : [{ name, messages: wholeOf(item, 'messages') ?? 0n }]
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))

/** `/api/whoami`: the tags, a list or (before 3.9) one text with commas. */
export const tagsOf = (answer: unknown): readonly string[] | undefined => {
  if (!isRecord(answer)) return undefined
  return textsOf(answer, 'tags') ?? textOf(answer, 'tags')?.split(',').filter(Boolean)
}

/** A name as part of a Perl regular expression. */
export const literally = (name: string): string => name.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
