import type { Until } from '../../core/plan.js'

/** What `--until` does not do yet: following the tail until the lanes are worked off needs the fan-out beside it. */
export const endWarnings = ({ until }: { readonly until: Until }): string[] =>
  until === 'lanes-empty'
    ? [
        '--until lanes-empty ends as caught-up does in this version: what arrives after that waits in the source, and the originals stay stopped until the lanes are empty',
      ]
    : []
