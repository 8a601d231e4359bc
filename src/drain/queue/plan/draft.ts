import type { QueuePlan } from '../../../core/queue-plan.js'

/** What is judged: everything in a plan but the words that follow from it. A whole plan is one too. */
export type QueueDraft = Omit<QueuePlan, 'warnings' | 'refusals' | 'digest'>
