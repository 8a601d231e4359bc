import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../../src/brokers/kafka/link.js'
import { randomFrom } from '../../src/lab/fill/random.js'
import type { KafkaLab } from '../../src/lab/kafka/options.js'
import { startKafka } from '../../src/lab/kafka/start.js'
import { Backlogs } from './backlogs.js'
import type { World } from './copy.js'
import { type ChaosOptions, readOptions, USAGE } from './options.js'
import { campaign, inWords } from './run.js'

/** Few partitions in the inner topics: a broker that was killed is back sooner. */
const CONFIG = {
  'log.cleaner.backoff.ms': '1000',
  'log.segment.delete.delay.ms': '1000',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
}
const KILLS_PER_COPY = 5
const BROKER_DOWN_MS = 500

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const options = readOptions(process.argv.slice(2))
if (options === undefined) print(USAGE)
else process.exitCode = await chaos(options)

async function chaos(asked: ChaosOptions): Promise<number> {
  print(`chaos: seed ${asked.seed}, ${asked.kills} kills`)
  const lab = await startKafka({ name: `chaos-${process.pid}`, config: CONFIG }, say)
  const stop = () => void lab.stop().then(() => process.exit(130))
  process.once('SIGINT', stop)
  try {
    return await inLab(lab, asked)
  } finally {
    process.off('SIGINT', stop)
    await lab.stop()
  }
}

async function inLab(lab: KafkaLab, asked: ChaosOptions): Promise<number> {
  await using link = await connect(lab.settings)
  const world: World = {
    place: lab,
    link,
    backlogs: new Backlogs(lab, link, asked.records),
    random: randomFrom(asked.seed),
    bin: resolve(asked.bin),
    restartBroker: () => restart(lab),
  }
  const sum = { copies: 0, kills: 0, inResume: 0, brokerKills: 0, records: 0, wrong: 0 }
  for await (const outcome of campaign(world, { ...asked, killsPerCopy: KILLS_PER_COPY })) {
    print(inWords(outcome))
    sum.copies++
    sum.kills += outcome.kills
    sum.inResume += outcome.killedBefore.filter(verb => verb === 'resume').length
    sum.brokerKills += outcome.brokerKills
    sum.records += outcome.records
    if (outcome.problems.length > 0) sum.wrong++
  }
  print(
    `chaos: ${sum.kills} kills (${sum.inResume} in resume) and ${sum.brokerKills} of the broker in ${sum.copies} copies of ${sum.records} records: ` +
      `${sum.wrong === 0 ? 'every copy exact, 0 lost, 0 twice' : `${sum.wrong} WRONG`} (seed ${asked.seed})`,
  )
  return sum.wrong === 0 ? 0 : 1
}

async function restart(lab: KafkaLab): Promise<void> {
  const [node] = lab.nodes
  if (node === undefined) return
  await lab.stopNode(node.id, 'SIGKILL')
  await sleep(BROKER_DOWN_MS)
  await lab.startNode(node.id)
}
