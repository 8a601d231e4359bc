import { nearest } from '../../../core/did-you-mean.js'
import { UserError } from '../../../errors.js'
import { describeTopic, listTopics, type TopicDescription } from '../admin/topics.js'
import type { Link } from '../link.js'

const NAMED = 8

/** A topic that must be there. Throws UserError `no-topic`, with the name that was probably meant; creates nothing. */
export const findTopic = async (link: Link, topic: string): Promise<TopicDescription> => {
  const found = await describeTopic(link, topic)
  if (found !== undefined) return found
  const { topics } = await listTopics(link)
  const names = topics.filter(each => !each.internal).map(each => each.name)
  throw new UserError(`There is no topic ${topic} on this cluster`, {
    code: 'no-topic',
    hint: `${hint(topic, names)} Nothing was created.`,
  })
}

const hint = (topic: string, names: readonly string[]): string => {
  const meant = nearest(topic, names)
  if (meant !== undefined) return `Did you mean ${meant}?`
  if (names.length === 0) return 'The cluster has no topic that you may see.'
  const shown = [...names].sort().slice(0, NAMED)
  return `Topics: ${shown.join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}.`
}
