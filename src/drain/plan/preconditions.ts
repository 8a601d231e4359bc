import { meaning } from '../../core/did-you-mean.js'
import { formatCount } from '../../core/quantity.js'
import type { Backlog } from '../../core/survey.js'
import { UserError } from '../../errors.js'
import type { DrainOptions } from './options.js'
import { resetOffsets } from './reset-offsets.js'
import type { Target } from './target.js'

/** What no plan can be drawn from. Throws UserError (exit 2): a name that is not there, or flags that contradict. */
export const checkPreconditions = (survey: Backlog, options: DrainOptions, target: Target): void => {
  checkSource(survey)
  checkGuarantee(options, target)
  if (options.first !== undefined && (!Number.isSafeInteger(options.first) || options.first < 1))
    throw new UserError(`--first ${options.first} is not a whole number above zero`, { hint: 'Write --first 1000.' })
}

/** Throws UserError for a topic that no run may work on, or a group of which nothing says where its backlog begins. */
export const checkSource = (survey: Backlog): void => {
  const { topic, group, lanes } = survey
  if (topic.name.startsWith('__'))
    throw new UserError(`${topic.name} is a topic of the brokers themselves`, { hint: 'Drain a topic of your own.' })
  if (lanes.length === 0)
    throw new UserError(`Topic ${topic.name} is not there`, {
      code: 'no-such-topic',
      hint: 'Check the name in the address.',
    })
  const commits = lanes.filter(({ committed }) => committed !== undefined).length
  if (commits > 0) return
  checkGroup(survey)
  throw new UserError(
    `Group ${group.id} has no committed offset on ${topic.name}: nothing says where its backlog begins`,
    {
      code: 'no-commit',
      hint: `Check both names. To begin at the start of the log (${formatCount(lanes.length)} partitions): \`${resetOffsets(survey, undefined, '--to-earliest')}\``,
    },
  )
}

/** Throws UserError `no-such-group` where the cluster knows neither the group nor an offset of it. */
export const checkGroup = ({ group, lanes, otherGroups }: Backlog): void => {
  if (group.exists || lanes.some(({ committed }) => committed !== undefined)) return
  throw new UserError(`Group ${group.id} is not there`, {
    code: 'no-such-group',
    hint: `${meaning(group.id, otherGroups)}Check ?group= in the address; if its offsets have expired, set them again with kafka-consumer-groups.sh --reset-offsets.`,
  })
}

const checkGuarantee = ({ guarantee }: DrainOptions, { sameCluster }: Target): void => {
  if (guarantee === 'transactions' && !sameCluster)
    throw new UserError('A transaction can not span two clusters', {
      hint: 'Use --exactly-once counting, or leave it out.',
    })
}
