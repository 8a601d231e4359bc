import type { DrainPlan } from '../../core/plan.js'

/** Whether a drain completes only when its lanes are empty; originals that start before that need not wait for it. Pure. */
export const awaitsLanes = ({ until, cutOver }: Pick<DrainPlan, 'until' | 'cutOver'>): boolean =>
  until === 'lanes-empty' && cutOver !== 'fresh-first'
