import type { Io, Presentation } from '../io.js'
import { toJson } from '../present/json.js'
import type { Database } from './database/database.js'
import { inspectDatabase } from './database/report.js'
import { readDatabases } from './database/state.js'
import { labHome } from './home.js'
import { inspectLab } from './inspect.js'
import { readStates } from './kafka/state.js'
import { MYSQL } from './mysql/mysql.js'
import { POSTGRES } from './postgres/postgres.js'
import { inspectRabbit } from './rabbitmq/report.js'
import { readRabbits } from './rabbitmq/state.js'
import { describeLab, type LabView } from './report.js'

/** `spillway lab status`: every lab of this machine, asked now. JSON is an array. */
export async function labStatus(io: Io, present: Presentation): Promise<void> {
  const home = labHome(io.env)
  const [kafkas, rabbits] = await Promise.all([readStates(home), readRabbits(home)])
  const brokers = kafkas.map(state => inspectLab(home, state))
  const queues = rabbits.map(async state => ({ name: state.options.name, rabbitmq: await inspectRabbit(home, state) }))
  const databases = [POSTGRES, MYSQL].map(database => databaseViews(database, home))
  const reports = byName((await Promise.all([...brokers, ...queues, ...databases])).flat())
  if (present.format === 'json') io.out.write(toJson(reports))
  else
    io.out.write(
      reports.length === 0 ? 'no lab is up; `spillway lab up` starts one\n' : reports.map(describeLab).join(''),
    )
}

/** Every lab with this database, asked now. */
async function databaseViews(database: Database, home: string): Promise<LabView[]> {
  const states = await readDatabases(database, home)
  return Promise.all(
    states.map(async state => ({
      name: state.options.name,
      [database.service]: await inspectDatabase(database, home, state),
    })),
  )
}

/** One view a lab: its servers stand under one name. */
function byName(views: readonly LabView[]): LabView[] {
  const labs = new Map<string, LabView>()
  for (const view of views) labs.set(view.name, { ...labs.get(view.name), ...view })
  return [...labs.values()]
}
