import type { Io, Presentation } from '../io.js'
import { toJson } from '../present/json.js'
import { labHome } from './home.js'
import { inspectLab } from './inspect.js'
import { readStates } from './kafka/state.js'
import { inspectMysql } from './mysql/report.js'
import { readMysqls } from './mysql/state.js'
import { inspectPostgres } from './postgres/report.js'
import { readPostgreses } from './postgres/state.js'
import { inspectRabbit } from './rabbitmq/report.js'
import { readRabbits } from './rabbitmq/state.js'
import { describeLab, type LabView } from './report.js'

/** `spillway lab status`: every lab of this machine, asked now. JSON is an array. */
export async function labStatus(io: Io, present: Presentation): Promise<void> {
  const home = labHome(io.env)
  const [kafkas, rabbits, databases] = await Promise.all([readStates(home), readRabbits(home), readPostgreses(home)])
  const marias = await readMysqls(home)
  const queues = rabbits.map(async state => ({ name: state.options.name, rabbitmq: await inspectRabbit(home, state) }))
  const rows = databases.map(async state => ({
    name: state.options.name,
    postgres: await inspectPostgres(home, state),
  }))
  const tables = marias.map(async state => ({ name: state.options.name, mysql: await inspectMysql(home, state) }))
  const brokers = kafkas.map(state => inspectLab(home, state))
  const reports = byName(await Promise.all([...brokers, ...queues, ...rows, ...tables]))
  if (present.format === 'json') io.out.write(toJson(reports))
  else
    io.out.write(
      reports.length === 0 ? 'no lab is up; `spillway lab up` starts one\n' : reports.map(describeLab).join(''),
    )
}

/** One view a lab: its servers stand under one name. */
function byName(views: readonly LabView[]): LabView[] {
  const labs = new Map<string, LabView>()
  for (const view of views) labs.set(view.name, { ...labs.get(view.name), ...view })
  return [...labs.values()]
}
