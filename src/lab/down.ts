import type { Io, Presentation } from '../io.js'
import { toJson } from '../present/json.js'
import { labHome } from './home.js'
import { findKafka } from './kafka/find.js'
import { readStates } from './kafka/state.js'
import type { DownRequest } from './requests.js'

/** `spillway lab down`: ends the lab's own processes and removes its data. A lab that is not there is no error. */
export async function labDown({ name }: DownRequest, io: Io, present: Presentation): Promise<void> {
  const home = labHome(io.env)
  const lab = await findKafka(home, name)
  await lab?.stop()
  const others = (await readStates(home)).map(state => state.options.name)
  const stopped = lab === undefined ? [] : [name]
  if (present.format === 'json') io.out.write(toJson({ stopped, left: others }))
  else
    io.out.write(`${sentence(name, lab !== undefined)}${others.length > 0 ? `; still up: ${others.join(', ')}` : ''}\n`)
}

const sentence = (name: string, ended: boolean): string =>
  ended ? `the lab ${name} is down, its data removed` : `no lab is named ${name}`
