import { formatCount } from '../../../core/quantity.js'
import { SpillwayError } from '../../../errors.js'
import { committedOffsets } from '../admin/offsets.js'
import type { Link } from '../link.js'

type Span = { readonly lane: string; readonly from: string; readonly to: string }

/** Who else reads a topic of which a prefix goes. */
export type Neighbours = {
  readonly topic: string
  readonly groups: readonly string[]
  readonly lanes: readonly Span[]
  /** Whether the records go for everybody. */
  readonly deletes: boolean
}

const SHOWN = 8

/** What it means for every other group of the topic, in words, one each. A group that may not be looked at is told as such. */
export async function affectedGroups(link: Link, { topic, groups, lanes, deletes }: Neighbours): Promise<string[]> {
  if (!deletes) return groups.map(group => `group ${group}: keeps its own offsets, and reads on from them`)
  const words: string[] = []
  for (const group of groups) words.push(await lossOf(link, group, { topic, lanes }))
  return words
}

async function lossOf(link: Link, group: string, { topic, lanes }: Pick<Neighbours, 'topic' | 'lanes'>) {
  try {
    const committed = (await committedOffsets(link, group, { topic })).get(topic)
    const behind = lanes.flatMap(({ lane, to }) => {
      const offset = committed?.get(Number(lane))?.offset
      return offset !== undefined && offset < Number(to) ? [{ lane, unread: Number(to) - offset, offset, to }] : []
    })
    return behind.length === 0 ? `group ${group}: has read all of it` : lossInWords(group, behind)
  } catch (error) {
    if (!(error instanceof SpillwayError)) throw error
    return `group ${group}: may lose what it has not read; its offsets could not be read (${error.message})`
  }
}

type Behind = { readonly lane: string; readonly unread: number; readonly offset: number; readonly to: string }

function lossInWords(group: string, behind: readonly Behind[]): string {
  const unread = behind.reduce((sum, each) => sum + each.unread, 0)
  const shown = behind.slice(0, SHOWN).map(({ lane, offset, to }) => `partition ${lane}: stands at ${offset} of ${to}`)
  const more = behind.length > SHOWN ? `, and ${behind.length - SHOWN} more partitions` : ''
  return `group ${group}: LOSES up to ${formatCount(unread)} messages that it has not read (${shown.join(', ')}${more})`
}
