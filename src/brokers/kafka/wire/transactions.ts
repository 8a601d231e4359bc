import { check } from '../errors.js'
import type { Wire } from '../link.js'
import { call } from './call.js'

/** A producer as the coordinator knows it; a newer epoch fences the older. */
export type Producer = { readonly producerId: bigint; readonly epoch: number }
/** A producer within a transaction. */
export type InTransaction = Producer & { readonly transactionalId: string }
/** An offset to commit, with the group's metadata for it. */
export type OffsetEntry = {
  readonly partition: number
  readonly offset: number
  readonly metadata: string
  readonly leaderEpoch?: number
}

const about = (transactionalId: string, doing: string) => ({ doing, transactionalId, operation: 'Write' })

/**
 * InitProducerId v1: ends what an older producer of this id left open and fences it; null makes an idempotent
 * producer. Throws BrokerError with the protocol's name as `code`; CONCURRENT_TRANSACTIONS passes.
 */
export function initProducerId(
  wire: Wire,
  { transactionalId, timeoutMs }: { transactionalId: string | null; timeoutMs: number },
): Promise<Producer> {
  return call(wire, {
    request: { api: 22, version: 1, name: 'InitProducerId', throttleAt: 0 },
    write: w => w.str(transactionalId).i32(timeoutMs),
    read: r => {
      r.i32()
      check(r.i16(), about(transactionalId ?? '', 'Getting a producer id'))
      return { producerId: r.i64(), epoch: r.i16() }
    },
  })
}

/** AddPartitionsToTxn v1, all partitions or none. Throws BrokerError; CONCURRENT_TRANSACTIONS passes in milliseconds. */
export function addPartitionsToTxn(
  wire: Wire,
  txn: InTransaction & { topic: string; partitions: readonly number[] },
): Promise<void> {
  return call(wire, {
    request: { api: 24, version: 1, name: 'AddPartitionsToTxn', throttleAt: 0 },
    write: w =>
      w
        .str(txn.transactionalId)
        .i64(txn.producerId)
        .i16(txn.epoch)
        .array([txn.topic], (topic, w) => w.str(topic).array(txn.partitions, (partition, w) => w.i32(partition))),
    read: r => {
      r.i32()
      const codes = r.array(r => [r.str(), r.array(r => [r.i32(), r.i16()] as const)] as const)
      checkWorst(
        codes.flatMap(([, each]) => each.map(([, code]) => code)),
        txn,
        'Adding partitions to the transaction',
      )
    },
  })
}

/** OPERATION_NOT_ATTEMPTED stands at every partition but the guilty one. */
function checkWorst(codes: readonly number[], txn: InTransaction & { topic: string }, doing: string): void {
  const bad = codes.filter(code => code !== 0)
  check(bad.find(code => code !== 55) ?? bad[0] ?? 0, { ...about(txn.transactionalId, doing), topic: txn.topic })
}

/** AddOffsetsToTxn v1: the group's offsets become part of the transaction. Throws BrokerError. */
export function addOffsetsToTxn(wire: Wire, txn: InTransaction & { group: string }): Promise<void> {
  return call(wire, {
    request: { api: 25, version: 1, name: 'AddOffsetsToTxn', throttleAt: 0 },
    write: w => w.str(txn.transactionalId).i64(txn.producerId).i16(txn.epoch).str(txn.group),
    read: r => {
      r.i32()
      check(r.i16(), { ...about(txn.transactionalId, `Adding offsets of group ${txn.group}`), group: txn.group })
    },
  })
}

/** Offsets of one topic for a group, to be committed with a transaction. */
export type TxnOffsets = InTransaction & { group: string; topic: string; entries: readonly OffsetEntry[] }

/** TxnOffsetCommit v2, to the group's coordinator; no member fields, so the broker checks no membership. Throws BrokerError. */
export function txnOffsetCommit(wire: Wire, txn: TxnOffsets): Promise<void> {
  return call(wire, {
    request: { api: 28, version: 2, name: 'TxnOffsetCommit', throttleAt: 0 },
    write: w =>
      w
        .str(txn.transactionalId)
        .str(txn.group)
        .i64(txn.producerId)
        .i16(txn.epoch)
        .array([txn.topic], (topic, w) =>
          w.str(topic).array(txn.entries, ({ partition, offset, leaderEpoch, metadata }, w) =>
            w
              .i32(partition)
              .i64(offset)
              .i32(leaderEpoch ?? -1)
              .str(metadata),
          ),
        ),
    read: r => {
      r.i32()
      const codes = r.array(r => [r.str(), r.array(r => [r.i32(), r.i16()] as const)] as const)
      const doing = `Committing offsets of group ${txn.group} in the transaction`
      for (const [topic, each] of codes) for (const [, code] of each) check(code, { doing, topic, group: txn.group })
    },
  })
}

/** EndTxn v1. Resolves when the outcome is decided; markers follow by themselves. Throws BrokerError. */
export function endTxn(wire: Wire, txn: InTransaction & { commit: boolean }): Promise<void> {
  return call(wire, {
    request: { api: 26, version: 1, name: 'EndTxn', throttleAt: 0 },
    write: w => w.str(txn.transactionalId).i64(txn.producerId).i16(txn.epoch).bool(txn.commit),
    read: r => {
      r.i32()
      check(r.i16(), about(txn.transactionalId, txn.commit ? 'Committing the transaction' : 'Aborting the transaction'))
    },
  })
}
