import { fraction, type Random } from '../../../src/lab/fill/random.js'
import type { Place as KafkaPlace } from '../kafka/witness.js'
import type { Life } from '../life.js'
import type { Ended } from '../processes.js'
import type { Place as RabbitPlace } from '../rabbitmq/witness.js'
import type { Blow, Order, Scene, System, Verdict, World } from '../scene.js'
import { differences, type Envelope } from '../sheet.js'
import { judge } from './judge.js'
import { passwordsOf } from './passwords.js'
import {
  expectedRows,
  fillTable,
  flagsOf,
  MODES,
  type Replaying,
  type Row,
  SOURCES,
  type SourceName,
} from './tables.js'
import { queueFor, type Target, topicFor } from './targets.js'

/** What all copies of a chaos run of replays share. */
export type ReplayWorld = World & {
  readonly kafka: KafkaPlace
  /** Where the mode `queue` is asked for. */
  readonly rabbit?: RabbitPlace
  /** Addresses of the databases with their passwords. */
  readonly databases: Readonly<Record<'postgres' | 'mysql', string | undefined>>
  /** Rows of each table. */
  readonly records: number
}

/** Replays of rows in the loop: tables that are sent to a topic or a queue, which clients that are not ours then compare with them. */
export function replaySystem(world: ReplayWorld, blows: readonly Blow[] = []): System<Replaying> {
  const filled = new Map<SourceName, Promise<void>>()
  return {
    blows,
    async scene(order) {
      const filling = filled.get(order.source) ?? fillTable(order.source, urlOf(world, order.source), world.records)
      filled.set(order.source, filling)
      await filling
      return sceneOf(world, order)
    },
  }
}

function urlOf({ databases }: ReplayWorld, source: SourceName): string {
  const url = databases[SOURCES[source].kind]
  if (url === undefined) throw new Error(`no ${SOURCES[source].kind} was started`)
  return url
}

async function sceneOf(world: ReplayWorld, order: Order<Replaying>): Promise<Scene> {
  const { records, random, rabbit, kafka } = world
  const rows = expectedRows(order.source, records)
  const target = await (order.mode === 'queue' && rabbit ? queueFor(rabbit, order.name) : topicFor(kafka, order.name))
  const settings = drawSettings(random, order, rows.length)
  const from = ['replay', urlOf(world, order.source), ...flagsOf(order.source, records)]
  return {
    settings: settings.join(' '),
    messages: rows.length,
    begin: [...from, '--to', target.address, ...settings, '--execute', '--yes'],
    always: target.always,
    env: passwordsOf(world.databases),
    kills: 'at work',
    conclude: (life, ended) => conclude({ target, order, rows }, life, ended),
    tidy: () => target.remove(),
  }
}

/** Slow enough for some kills to meet it at work. */
function drawSettings(random: Random, { mode }: Order<Replaying>, rows: number): string[] {
  const draw = () => fraction(random())
  const rate = draw() < 0.85 ? ['--rate', String(Math.ceil(rows / (1.5 + 2.5 * draw())))] : []
  return [...MODES[mode], ...rate]
}

type Subject = { readonly target: Target; readonly order: Order<Replaying>; readonly rows: readonly Row[] }

/** Everything that is wrong with a replay that says it is complete; empty when each row is there as often as it says. */
async function conclude({ target, order, rows }: Subject, { blows }: Life, { out }: Ended): Promise<Verdict> {
  const envelope: Envelope = JSON.parse(out)
  const { state, balanced, ledger } = envelope
  const most = Number(envelope.duplicatesAtMost)
  // A server that dies may keep a later message and lose an earlier one that it never confirmed; transactions bear that.
  const inOrder = order.mode === 'exact' || !blows.includes(SERVERS_KILLED)
  const { problems, twice } = judge(await target.read(), rows, { order: inOrder })
  const wanted = { state: 'complete', balanced: true, read: rows.length, written: rows.length, parked: 0, dropped: 0 }
  const sheet = order.mode === 'exact' ? { duplicatesAtMost: 0 } : {}
  return {
    found: `rows there, ${twice} twice of ${most} at most`,
    problems: [
      ...differences('envelope', { state, balanced, ...ledger, duplicatesAtMost: most }, { ...wanted, ...sheet }),
      ...problems,
      ...(twice > most ? [`${twice} there twice, ${most} at most by the report`] : []),
    ],
  }
}

/** The name of the blow that kills the target's servers. */
export const SERVERS_KILLED = 'target killed'
