import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '../../../brokers/rabbitmq/link.js'
import { formatCount } from '../../../core/quantity.js'
import { EXIT } from '../../../errors.js'
import type { Stage } from '../stage.js'
import { COUNTS_COMMAND, countOrders, showCounts } from './counts.js'
import { ledgerOf } from './ledger-of.js'
import { proofTable } from './proof-table.js'
import { dayBefore, type Outcome, type Scene } from './scene.js'
import { type Played, playDay } from './ttl-day.js'
import { untilHandled } from './warehouse.js'

/** Messages expire in a queue; the orders behind them are found in the database, and sent again. */
export async function playTtl(scene: Scene, stage: Stage): Promise<Outcome> {
  const { soft, now } = stage.io
  await using link = await connect(scene.settings, 'rehearse', soft)
  const played: Played = { scene, stage, link, day: dayBefore(now(), scene.records), expired: new Set(), handled: 0 }
  try {
    await playDay(played)
    return await mend(played)
  } finally {
    await played.consumer?.[Symbol.asyncDispose]()
  }
}

/** Finds what never got through, sends it again, and proves it. */
async function mend(played: Played): Promise<Outcome> {
  const { scene, stage, day, consumer } = played
  const { database, target, every, home, records, env } = scene
  const list = join(home, 'missing.txt')
  const rows = ['--table', scene.table('orders'), '--key', 'id', '--time', 'created_at']
  const range = ['--from', day.range[0], '--to-time', day.range[1]]
  const seen = `${database}?table=${scene.table('processed')}&id=order_id`
  const reconcile = ['reconcile', '--expected', database, ...rows, ...range, '--seen', seen]
  const replay = ['replay', database, ...rows, ...range, '--missing-from', list, '--to', target, ...every]
  const found = { env, exits: [EXIT.left] }
  await stage.short('Reconcile: which orders never got through', [...reconcile, '--save', list], found)
  const missing = await idsIn(list)
  await stage.short('Look at two of them as messages, send nothing', [...replay, '--sample', '2'], { env })
  await stage.short('Replay: the plan, nothing changes yet', [...replay, '--rate', RATE], { env, lines: 16 })
  await stage.short('Replay: send these, and no other', [...replay, '--rate', RATE, '--execute', '--yes'], {
    env,
    lines: 10,
  })
  await stage.own('The consumers, which have been at work all the time, handle them', COUNTS_COMMAND, async () => {
    if (consumer !== undefined) await untilHandled({ url: scene.url, orders: records }, consumer, stage.io.soft)
    await played.consumer?.stop()
    return showCounts(scene)
  })
  await stage.short('Reconcile again: nothing is missing', reconcile, { env })
  return prove(played, missing)
}

const RATE = '1k'

async function idsIn(list: string): Promise<readonly number[]> {
  return (await readFile(list, 'utf8')).split('\n').filter(Boolean).map(Number)
}

async function prove({ scene, stage, expired }: Played, missing: readonly number[]): Promise<Outcome> {
  const { run, written, skipped } = await ledgerOf('replay', scene.home)
  const { orders, handled, deliveries } = await countOrders(scene)
  const { records } = scene
  const sql = 'PostgreSQL'
  const proof = await stage.own('The proof', '(what was counted, against what it must be)', async () =>
    proofTable([
      { name: 'orders', what: 'orders of the day', value: orders, must: records, by: sql },
      { name: 'expired', what: 'expired in the queue', value: expired.size, must: records / 10, by: 'the queue' },
      { name: 'missing', what: 'found missing', value: missing.length, must: expired.size, by: 'reconcile' },
      {
        name: 'same',
        what: 'of these, expired ones',
        value: missing.filter(id => expired.has(id)).length,
        must: expired.size,
        by: 'their ids',
      },
      { name: 'replayed', what: 'sent again', value: written, must: expired.size, by: 'the balance sheet' },
      { name: 'skipped', what: 'left alone', value: skipped, must: records - expired.size, by: 'the balance sheet' },
      { name: 'handled', what: 'different orders handled', value: handled, must: records, by: sql },
      { name: 'twice', what: 'handled again', value: deliveries - handled, must: 0, by: sql },
    ]),
  )
  const [all, lost] = [formatCount(records), formatCount(expired.size)]
  return { run, proof, sentence: `of ${all} orders ${lost} expired, were found and sent again; each was handled once` }
}
