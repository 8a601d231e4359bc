import { randomBytes } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTopic } from '../../brokers/kafka/admin/create-topic.js'
import { listOffsets } from '../../brokers/kafka/admin/list-offsets.js'
import { describeTopic } from '../../brokers/kafka/admin/topics.js'
import type { Link } from '../../brokers/kafka/link.js'
import type { ParkedRecord } from '../../brokers/kafka/relay/lane-context.js'
import { openRelay } from '../../brokers/kafka/relay/open-relay.js'
import { takeClaim } from '../../brokers/kafka/relay/take-claim.js'
import { watchSource } from '../../brokers/kafka/relay/watch-group.js'
import { serveControl } from '../../control/server.js'
import type { RunEvent } from '../../core/event.js'
import { failpoint } from '../../core/failpoint.js'
import { HoldGate } from '../../core/gate.js'
import { merge } from '../../core/merge.js'
import { type DrainPlan, isNothing } from '../../core/plan.js'
import { pump } from '../../core/pump.js'
import { Pacer } from '../../core/rate.js'
import { BrokerError, RunError } from '../../errors.js'
import type { Io, Presentation } from '../../io.js'
import type { RunFolder } from '../../journal/run-folder.js'
import { Allowance } from './allowance.js'
import { conclude } from './conclude.js'
import { journalledLanes, journalledProducers, PRODUCER_NOTE } from './journalled.js'
import { progressFor } from './progress.js'
import { Recorder } from './recorder.js'
import { steering } from './steering.js'

/** Longest that a run waits for its last markers before it says what it did. Milliseconds. */
const VISIBLE_WITHIN_MS = 5000
/** Longest that a busy broker may take to serve a new topic of thousands of partitions. Milliseconds. */
const SERVED_WITHIN_MS = 60_000

export type Execution = {
  readonly plan: DrainPlan
  /** Claimed by this process. */
  readonly folder: RunFolder
  readonly source: Link
  readonly target: Link
  readonly mode: 'fresh' | 'resume'
  readonly ignore?: readonly string[]
  readonly reason?: string | undefined
  readonly io: Io
  readonly present: Presentation
}

/** Runs or carries on a plan: topic, claim, lanes, balance sheet. Sets the exit code and prints the result. */
export async function execute(execution: Execution): Promise<void> {
  const { plan, folder, io, present } = execution
  const progress = progressFor(plan, { io, present })
  const recorder = await Recorder.of(folder, progress.show)
  const gate = new HoldGate()
  const pacer = new Pacer(plan.rate)
  const aborted = new AbortController()
  const soft = AbortSignal.any([io.soft, aborted.signal])
  const control = steering({ plan, recorder, gate, pacer, aborted, now: io.now })
  const serving = await serveControl(folder.path, control)
  const running = { ...execution, recorder, gate, pacer, soft }
  let failure: unknown
  try {
    await recorder.record(startedEvent(execution))
    if (execution.reason !== undefined) await recorder.record(reasonGiven(execution.reason, io.now()))
    for (const ignored of execution.ignore ?? []) gate.ignore(ignored, 'operator')
    for await (const event of drainEvents(running)) await recorder.record(event)
  } catch (error) {
    failure = error
  } finally {
    progress.stop()
  }
  try {
    await conclude({ ...running, failure, aborted: aborted.signal.aborted })
  } finally {
    await serving[Symbol.asyncDispose]()
    await folder.close()
  }
}

type Running = Execution & {
  readonly recorder: Recorder
  readonly gate: HoldGate
  readonly pacer: Pacer
  readonly soft: AbortSignal
}

async function* drainEvents(running: Running): AsyncGenerator<RunEvent> {
  const { plan, recorder, gate, io, soft } = running
  if (isNothing(plan)) return yield* nothingToDo(plan, io.now())
  const relay = await prepare(running)
  const watching = new AbortController()
  const warn = (message: string) => recorder.record({ type: 'warned', at: io.now().toISOString(), message })
  const watch = watchSource({ link: running.source, plan, gate, warn }, watching.signal)
  try {
    const streams = relay.lanes.map(
      lane => (laneSoft: AbortSignal) =>
        pump({ source: lane, sink: lane, gate, now: io.now, backoff }, { soft: laneSoft, hard: io.hard }),
    )
    yield* merge(streams, { atOnce: relay.atOnce, soft })
    yield* gate.takeEvents()
    await untilVisible(running.target, plan)
  } finally {
    watching.abort()
    await watch
  }
}

/** A backlog of nothing is complete as it is: no topic, no claim, nothing to restore. */
function* nothingToDo(plan: DrainPlan, now: Date): Generator<RunEvent> {
  const at = now.toISOString()
  for (const { lane, from, to } of plan.lanes) {
    yield { type: 'opened', at, lane, from, to }
    yield { type: 'finished', at, lane, mark: to }
  }
}

/**
 * A commit is answered before its markers are in every log; the proof of a finished run must not be early. A broker that is away
 * just then changes nothing of what was committed.
 */
async function untilVisible(target: Link, plan: DrainPlan): Promise<void> {
  await markersWritten(target, plan).catch((error: unknown) => {
    if (!(error instanceof BrokerError && error.retry)) throw error
  })
}

async function markersWritten(target: Link, plan: DrainPlan): Promise<void> {
  const partitions = Array.from({ length: plan.targetLanes }, (_, partition) => partition)
  const at = (which: 'stable' | 'latest') => listOffsets(target, plan.targetTopic, partitions, which)
  for (const until = Date.now() + VISIBLE_WITHIN_MS; Date.now() < until; await sleep(20)) {
    const [stable, latest] = await Promise.all([at('stable'), at('latest')])
    if (partitions.every(p => stable.get(p)?.offset === latest.get(p)?.offset)) return
  }
}

async function prepare(running: Running) {
  const { plan, source, target, mode, recorder } = running
  const nonce = randomBytes(4).toString('hex')
  const host = hostname().replace(/\s/g, '-')
  const { lanes, read } = journalledLanes(recorder.state)
  // The claim first: of two rivals one is refused before it has made anything.
  await takeClaim({ link: source, target, plan, host, nonce, mode, journalled: lanes })
  await makeTopic(running, read)
  const allowance = new Allowance(running.pacer, { first: plan.first, already: read, lanes: plan.lanes.length })
  const at = () => running.io.now().toISOString()
  return openRelay({
    plan,
    source,
    target,
    host,
    nonce,
    journalled: lanes,
    producers: journalledProducers(recorder.state),
    allow: signal => allowance.take(signal),
    park: parked => park(running, parked),
    noteProducer: id => recorder.record({ type: 'steered', at: at(), what: `${PRODUCER_NOTE}${id}`, by: 'spillway' }),
  })
}

/** The temporary topic of the plan; on a resume it must still be there once something was copied into it. */
async function makeTopic(running: Running, copied: bigint): Promise<void> {
  const { plan, target } = running
  const there = await describeTopic(target, plan.targetTopic)
  if (there) return untilServed(running)
  if (copied > 0n) {
    throw new RunError(`The temporary topic ${plan.targetTopic} is gone, with ${copied} copied messages`, {
      code: 'topic-gone',
      hint: 'Find out who deleted it. The source still holds them until its retention: see the ranges in `spillway report`.',
    })
  }
  failpoint('before-topic-create')
  await createTopic(target, {
    name: plan.targetTopic,
    partitions: plan.targetLanes,
    replication: plan.replication,
    settings: plan.topicSettings,
  })
  failpoint('after-topic-create')
  await untilServed(running)
}

/** The leaders of a new topic are named before they serve it; a transaction that meets NOT_LEADER there costs 30 s to abort. */
async function untilServed({ target, plan, soft }: Running): Promise<void> {
  const partitions = Array.from({ length: plan.targetLanes }, (_, partition) => partition)
  for (const until = Date.now() + SERVED_WITHIN_MS; ; ) {
    try {
      await listOffsets(target, plan.targetTopic, partitions, 'latest')
      return
    } catch (error) {
      const again = error instanceof BrokerError && error.retry && Date.now() < until && !soft.aborted
      if (!again) throw error
    }
  }
}

async function park({ plan, folder, io }: Running, record: ParkedRecord): Promise<void> {
  await folder.park({
    key: record.key,
    value: record.value,
    headers: record.headers,
    timestamp: BigInt(record.timestamp),
    reason: record.reason,
    attempts: 0,
    origin: {
      target: plan.sourceTopic,
      lane: String(record.partition),
      mark: String(record.offset),
      at: io.now().toISOString(),
    },
  })
}

const startedEvent = ({ mode, io }: Execution): RunEvent => ({
  type: 'started',
  at: io.now().toISOString(),
  host: hostname(),
  pid: process.pid,
  resumed: mode === 'resume',
})

const reasonGiven = (reason: string, now: Date): RunEvent => ({
  type: 'steered',
  at: now.toISOString(),
  what: `reason: ${reason}`,
  by: userInfo().username,
})

/** 100 ms, doubling to 5 s, with a little chance in it so that lanes do not come back in step. */
async function backoff(attempt: number, soft: AbortSignal): Promise<void> {
  const ms = Math.min(5000, 100 * 2 ** Math.min(attempt - 1, 6)) * (0.75 + Math.random() / 2)
  await sleep(ms, undefined, { signal: soft }).catch(() => undefined)
}
