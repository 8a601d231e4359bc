import { nearest } from '../../../core/did-you-mean.js'
import { UserError } from '../../../errors.js'
import { describeTopic, listTopics, type TopicDescription } from '../admin/topics.js'
import type { Link } from '../link.js'

const NAMED = 8

/** A topic that must be there. Throws UserError `no-topic`, with the name that was probably meant; creates nothing. */
export const findTopic = async (link: Link, topic: string): Promise<TopicDescription> => {
  const found = await visible(link, topic)
  if (found !== undefined) return found
  const names = await namesOf(link)
  throw new UserError(`There is no topic ${topic} on this cluster`, {
    code: 'no-topic',
    hint: `${hint(topic, names)} Nothing was created.`,
  })
}

const namesOf = async (link: Link): Promise<string[]> =>
  (await listTopics(link)).topics.filter(each => !each.internal).map(each => each.name)

// With ACLs a broker says the same of a topic that is hidden and of one that is not there: it may be a typo.
const visible = async (link: Link, topic: string): Promise<TopicDescription | undefined> => {
  try {
    return await describeTopic(link, topic)
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'permission') throw error
    const meant = nearest(topic, await namesOf(link))
    if (meant === undefined) throw error
    throw new UserError(error.message, {
      code: error.code,
      hint: `Did you mean ${meant}? Else: ${error.hint}`,
      cause: error,
    })
  }
}

const hint = (topic: string, names: readonly string[]): string => {
  const meant = nearest(topic, names)
  if (meant !== undefined) return `Did you mean ${meant}?`
  if (names.length === 0) return 'The cluster has no topic that you may see.'
  const shown = [...names].sort().slice(0, NAMED)
  return `Topics: ${shown.join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}.`
}
