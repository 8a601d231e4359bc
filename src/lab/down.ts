import type { Io, Presentation } from '../io.js'
import { toJson } from '../present/json.js'
import { findDatabaseLab } from './database/running.js'
import { readDatabases } from './database/state.js'
import { labHome } from './home.js'
import { findKafka } from './kafka/find.js'
import { readStates } from './kafka/state.js'
import { MYSQL } from './mysql/mysql.js'
import { POSTGRES } from './postgres/postgres.js'
import { findRabbitLab } from './rabbitmq/running.js'
import { readRabbits } from './rabbitmq/state.js'
import type { DownRequest } from './requests.js'

/** `spillway lab down`: ends the lab's own processes and removes its data. A lab that is not there is no error. */
export async function labDown({ name }: DownRequest, io: Io, present: Presentation): Promise<void> {
  const home = labHome(io.env)
  const databases = [POSTGRES, MYSQL]
  const labs = await Promise.all([
    findKafka(home, name),
    findRabbitLab(home, name),
    ...databases.map(database => findDatabaseLab(database, home, name)),
  ])
  await Promise.all(labs.map(lab => lab?.stop()))
  const left = await Promise.all([
    readStates(home),
    readRabbits(home),
    ...databases.map(database => readDatabases(database, home)),
  ])
  const others = [...new Set(left.flat().map(state => state.options.name))]
  const ended = labs.some(lab => lab !== undefined)
  const stopped = ended ? [name] : []
  if (present.format === 'json') io.out.write(toJson({ stopped, left: others }))
  else io.out.write(`${sentence(name, ended)}${others.length > 0 ? `; still up: ${others.join(', ')}` : ''}\n`)
}

const sentence = (name: string, ended: boolean): string =>
  ended ? `the lab ${name} is down, its data removed` : `no lab is named ${name}`
