import type { KafkaPlan } from '../../core/plan.js'

/** What is judged: everything in a plan but the words that follow from it. A whole plan is one too. */
export type Draft = Omit<KafkaPlan, 'warnings' | 'refusals' | 'digest'>
