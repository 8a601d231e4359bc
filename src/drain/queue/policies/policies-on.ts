import type { QueueType } from '../../../core/queue-plan.js'
import type { QueuePolicy } from '../../../core/queue-survey.js'
import { perlPattern } from './perl-pattern.js'

/** What a policy would be applied to: queues of a type, or exchanges. */
export type Kind = QueueType | 'exchange'

/** A policy that applies to some names, or that may: then nobody could judge its pattern. */
export type Applied = { readonly policy: QueuePolicy; readonly certain: boolean }

const APPLY_TO: Readonly<Record<Kind, readonly string[]>> = {
  classic: ['all', 'queues', 'classic_queues'],
  quorum: ['all', 'queues', 'quorum_queues'],
  exchange: ['all', 'exchanges'],
}

// A policy with a key that the queue type does not know is not applied to it at all (rabbit_amqqueue:is_policy_applicable).
const UNSUPPORTED: Readonly<Record<Kind, readonly string[]>> = {
  classic: [
    'delivery-limit',
    'dead-letter-strategy',
    'max-age',
    'stream-max-segment-size-bytes',
    'initial-cluster-size',
  ],
  quorum: [
    'ha-mode',
    'ha-params',
    'ha-sync-mode',
    'ha-promote-on-shutdown',
    'ha-promote-on-failure',
    'queue-mode',
    'queue-master-locator',
    'max-priority',
    'max-age',
    'stream-max-segment-size-bytes',
  ],
  exchange: [],
}

/**
 * The policies that would be in force on names of one kind: of those that match, the one of the highest priority (of
 * policies and of operator policies, each). Of several with the same priority any may be chosen, so all are given, and
 * those above the first sure one whose pattern can't be judged here.
 */
export const policiesOn = (
  names: readonly string[],
  kind: Kind,
  policies: readonly QueuePolicy[],
): readonly Applied[] =>
  [false, true].flatMap(operator =>
    inForce(
      names,
      kind,
      policies.filter(policy => policy.operator === operator),
    ),
  )

const inForce = (names: readonly string[], kind: Kind, policies: readonly QueuePolicy[]): readonly Applied[] => {
  const found = policies
    .filter(policy => APPLY_TO[kind].includes(policy.applyTo))
    .filter(({ definition }) => !UNSUPPORTED[kind].some(key => key in definition))
    .flatMap(policy => matching(policy, names))
    .sort((a, b) => b.policy.priority - a.policy.priority)
  const sure = found.find(({ certain }) => certain)
  return sure === undefined ? found : found.filter(({ policy }) => policy.priority >= sure.policy.priority)
}

// One that takes only some of the names can't hide what lies below it from the others.
const matching = (policy: QueuePolicy, names: readonly string[]): readonly Applied[] => {
  const test = perlPattern(policy.pattern)
  if (test === undefined) return [{ policy, certain: false }]
  const hit = names.filter(test).length
  return hit === 0 ? [] : [{ policy, certain: hit === names.length }]
}
