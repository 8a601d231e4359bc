import type { Io, Presentation } from '../io.js'
import { toJson } from '../present/json.js'
import { labHome } from './home.js'
import { inspectLab } from './inspect.js'
import { readStates } from './kafka/state.js'
import { describeLab } from './report.js'

/** `spillway lab status`: every lab of this machine, asked now. JSON is an array. */
export async function labStatus(io: Io, present: Presentation): Promise<void> {
  const home = labHome(io.env)
  const states = await readStates(home)
  const reports = await Promise.all(states.map(state => inspectLab(home, state)))
  if (present.format === 'json') io.out.write(toJson(reports))
  else
    io.out.write(
      reports.length === 0 ? 'no lab is up; `spillway lab up` starts one\n' : reports.map(describeLab).join(''),
    )
}
