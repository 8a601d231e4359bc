import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseLab } from '../../../src/lab/database/options.js'
import { startDatabase } from '../../../src/lab/database/start.js'
import type { KafkaLab } from '../../../src/lab/kafka/options.js'
import { startKafka } from '../../../src/lab/kafka/start.js'
import { MYSQL } from '../../../src/lab/mysql/mysql.js'
import { POSTGRES } from '../../../src/lab/postgres/postgres.js'
import type { RabbitLab } from '../../../src/lab/rabbitmq/options.js'
import { startRabbit } from '../../../src/lab/rabbitmq/start.js'
import { ensurePika } from '../../live/pika.js'
import { KILLABLE, killAndStart } from '../kafka/broker-killed.js'
import type { Blow } from '../scene.js'
import { SERVERS_KILLED } from './copy.js'
import { type Replaying, SOURCES } from './tables.js'

/** The servers that the chosen pairings need. */
export type Labs = {
  readonly kafka: KafkaLab
  readonly rabbit: RabbitLab | undefined
  readonly postgres: DatabaseLab | undefined
  readonly mysql: DatabaseLab | undefined
  stop(): Promise<void>
}

type Stoppable = { stop(): Promise<void> }
type Say = (line: string) => void

/** Starts what the pairings need, and Kafka; what was started is stopped again where one fails. */
export async function startLabs(pairings: readonly Replaying[], say: Say): Promise<Labs> {
  const name = `chaos-replay-${process.pid}`
  const started: Stoppable[] = []
  const stop = async () => void (await Promise.all(started.map(each => each.stop())))
  const kept = async <L extends Stoppable>(isWanted: boolean, start: () => Promise<L>): Promise<L | undefined> => {
    if (!isWanted) return undefined
    const lab = await start()
    started.push(lab)
    return lab
  }
  const kinds = pairings.map(({ source }) => SOURCES[source].kind)
  const isQueue = pairings.some(({ mode }) => mode === 'queue')
  try {
    if (isQueue) await ensurePika(say)
    const kafka = await startKafka({ name, config: KILLABLE }, say)
    started.push(kafka)
    return {
      kafka,
      rabbit: await kept(isQueue, () => startRabbit({ name, source: 'machine' }, say)),
      postgres: await kept(kinds.includes('postgres'), () => startDatabase(POSTGRES, { name }, say)),
      mysql: await kept(kinds.includes('mysql'), () => startDatabase(MYSQL, { name }, say)),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const DOWN_MS = 500

type Database = Pick<DatabaseLab, 'kill' | 'restart'>

/** The databases are killed and started in one of so many copies, and restarted in good order as often; 0: never. */
export const databaseBlows = (databases: readonly Database[], every: number): Blow[] => [
  {
    name: 'database killed',
    every,
    early: Math.ceil(every / 2),
    strike: async () => void (await Promise.all(databases.map(each => killAndRestart(each)))),
  },
  {
    name: 'database restarted',
    every,
    early: Math.ceil(every / 3),
    strike: async () => void (await Promise.all(databases.map(each => each.restart()))),
  },
]

/** The brokers of the target are killed and started in one of so many copies; 0: never. */
export const targetBlow = ({ kafka, rabbit }: Labs, every: number): Blow => ({
  name: SERVERS_KILLED,
  every,
  strike: async () => void (await Promise.all([killAndStart(kafka), ...(rabbit ? [killAndRestart(rabbit)] : [])])),
})

async function killAndRestart(server: Database): Promise<void> {
  await server.kill()
  await sleep(DOWN_MS)
  await server.restart()
}
