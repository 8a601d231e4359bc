import type { QueueBacklog } from '../../core/queue-survey.js'
import type { DrainRefusal } from '../refusals.js'
import type { QueueDraft } from './plan/draft.js'
import { policyRefusals } from './refusals/policies.js'
import { readerRefusals } from './refusals/readers.js'
import { serverRefusals } from './refusals/server.js'

/**
 * Everything that `--execute` refuses with 4, all at once. Pure: `--wait` asks again with a new survey. `toRefusal` of
 * src/drain/refusals.ts makes the error of it.
 */
export const queueRefusals = (survey: QueueBacklog, draft: QueueDraft): readonly DrainRefusal[] => [
  ...readerRefusals(survey, draft),
  ...serverRefusals(survey, draft),
  ...policyRefusals(survey, draft),
]
