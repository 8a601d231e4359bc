import { defined } from '../core/defined.js'
import { runnerOf } from './kafka/find.js'
import { isReady } from './kafka/ready.js'
import { addresses, caFileOf, loginOf } from './kafka/running.js'
import { type LabState, labFolder } from './kafka/state.js'
import { type LabReport, settingsSnippet } from './report.js'

/** Asks each broker of a lab whether it runs and answers. Changes nothing. */
export async function inspectLab(home: string, state: LabState): Promise<LabReport> {
  const name = state.options.name
  const folder = labFolder(home, name)
  const runner = runnerOf(state)
  const nodes = await Promise.all(
    state.nodes.map(async node => {
      const ready = (await runner.isUp(node)) && (await isReady(state, node, state.nodes.length))
      return { id: node.id, port: node.client, pid: node.process?.pid ?? 0, ready }
    }),
  )
  const brokers = addresses(state)
  const ca = caFileOf(folder, state)
  const login = defined({ tls: ca === undefined ? undefined : { ca }, sasl: loginOf(state) })
  const kafka = {
    source: state.source,
    version: state.release,
    address: `kafka://${brokers.join(',')}`,
    brokers,
    nodes,
    ready: nodes.every(node => node.ready),
    folder,
    ...login,
    settings: settingsSnippet(name, { brokers, ...login }),
  }
  return { name, kafka }
}
