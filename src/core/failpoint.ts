import { UserError } from '../errors.js'

/** Every named point at which a crash test may kill the process, in the order in which a drain passes them. */
export const FAILPOINTS = {
  'before-run-folder': 'before the run folder is renamed into place',
  'after-run-folder': 'the run folder is there and synced',
  'after-claim': 'the offsets carry this run as their claim, nothing is copied yet',
  'before-topic-create': 'before CreateTopics of the temporary topic',
  'after-topic-create': 'the temporary topic is there, nothing is in it',
  'before-produce': 'before a produce request is sent',
  'after-produce': 'a produce request was acknowledged',
  'before-park-sync': 'a record is written to the parking file, not yet synced',
  'after-park-sync': 'a record is in the synced parking file',
  'before-archive-sync': 'messages are written to the archive, not yet synced',
  'after-archive-sync': 'messages and their index rows are in the synced archive, the source position has not moved',
  'before-commit': 'copies are flushed, before TxnOffsetCommit (or the offset commit of counting)',
  'after-offset-commit': 'the offset commit was acknowledged, the group not yet looked at',
  'before-end-txn': 'the group was looked at, before EndTxn',
  'after-end-txn': 'the transaction is committed, not yet journalled',
  'after-lock': 'the lock of the queue is taken, nothing is made yet',
  'before-lanes-declare': 'before the temporary queues are declared',
  'after-lanes-declare': 'the temporary queues are there, nothing is in them',
  'before-publish': 'before the frames of a run of messages are written',
  'after-publish': 'the frames are written, not yet confirmed',
  'after-confirm': 'a confirm has come, the source not yet acked',
  'before-ack': 'before an ack of the confirmed prefix is sent',
  'after-ack': 'an ack is sent, perhaps not yet taken',
  'before-journal': 'before an event is written to the journal',
  'after-journal': 'an event is in the synced journal',
  'before-restore-offsets': 'undo: before the offsets go back',
  'after-restore-offsets': 'undo: the offsets are back, the temporary topic is still there',
  'before-delete-topic': 'before the temporary topic is deleted',
  'after-delete-topic': 'the temporary topic is deleted, not yet journalled',
  'after-give-back': 'undo: the messages are back in the queue, the temporary queues are still there',
  'before-delete-lanes': 'before the temporary queues are deleted',
  'after-delete-lanes': 'the temporary queues are deleted, not yet journalled',
  'before-clear-claim': 'before the claim is taken off the offsets',
  'after-clear-claim': 'the claim is off the offsets',
} as const satisfies Readonly<Record<string, string>>
export type Failpoint = keyof typeof FAILPOINTS

type Kill = () => void
const nothing = (_name: Failpoint): void => undefined

/**
 * Reads `SPILLWAY_FAILPOINT=name[:n]`. Throws UserError `failpoint` for an unknown name or a count below 1; call it first thing,
 * because a crash test that never crashes proves nothing.
 */
export function parseFailpoint(text: string | undefined): { name: Failpoint; passing: number } | undefined {
  if (text === undefined || text === '') return undefined
  const [, name = '', count = '1'] = /^([a-z-]+)(?::([1-9]\d*))?$/.exec(text) ?? []
  if (Object.hasOwn(FAILPOINTS, name)) return { name: name as Failpoint, passing: Number(count) }
  throw new UserError(`SPILLWAY_FAILPOINT=${text} names no failpoint`, {
    code: 'failpoint',
    hint: 'Write NAME or NAME:N. `spillway failpoints` lists the names.',
    details: Object.entries(FAILPOINTS).map(([at, message]) => ({ at, message })),
  })
}

/** The function that counts passings and kills at the right one; does nothing without a name. */
export function makeFailpoint(text: string | undefined, kill: Kill = killSelf): (name: Failpoint) => void {
  const wanted = parseFailpoint(text)
  if (wanted === undefined) return nothing
  let left = wanted.passing
  return name => {
    if (name === wanted.name && --left === 0) kill()
  }
}

function killSelf(): void {
  process.kill(process.pid, 'SIGKILL')
  // No instruction after a failpoint may run while the signal is under way.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

/** Marks a point at which `SPILLWAY_FAILPOINT` may kill this process; a bad variable is reported by `parseFailpoint` at start. */
export const failpoint: (name: Failpoint) => void = chooseAtLoad(process.env.SPILLWAY_FAILPOINT)

function chooseAtLoad(text: string | undefined): (name: Failpoint) => void {
  try {
    return makeFailpoint(text)
  } catch (error) {
    return () => {
      throw error
    }
  }
}
