import { workAsGroup } from '../../../brokers/kafka/practise/stand-in.js'
import type { Crew } from '../shift.js'

/** What a stand-in consumer group works on. */
export type Post = { readonly brokers: readonly string[]; readonly topic: string; readonly group: string }

/** A group of one member that works like the real consumers would. */
export const groupOf = ({ brokers, topic, group }: Post): Crew => ({
  came: `group ${group} joined`,
  left: 'committed, and left',
  facts: { group, topic },
  work: ({ take, enough, signal }) => {
    const handle = (messages: readonly { key: Buffer | null; value: Buffer | null }[]) => {
      for (const { key, value } of messages) take(key, value)
    }
    return workAsGroup({ settings: { brokers }, topic, group, handle, enough }, signal)
  },
})
