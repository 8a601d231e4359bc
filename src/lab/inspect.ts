import { runnerOf } from './kafka/find.js'
import { isReady } from './kafka/ready.js'
import { addresses, settingsOf } from './kafka/running.js'
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
  const { brokers, ...login } = settingsOf(folder, state)
  const kafka = {
    source: state.source,
    version: state.release,
    address: `kafka://${addresses(state).join(',')}`,
    brokers,
    nodes,
    ready: nodes.every(node => node.ready),
    folder,
    ...login,
    settings: settingsSnippet(name, { brokers, ...login }),
  }
  return { name, kafka }
}
