import { spawn } from 'node:child_process'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import { isThere } from '../is-there.js'
import { markOf, type ProcessMark } from '../process.js'
import { lastLines, runProgram } from '../run-program.js'
import { type KafkaLabOptions, USERS } from './options.js'
import { type NodePorts, propertiesText, serverProperties } from './properties.js'
import type { LabState } from './state.js'

// The flags of Kafka's own kafka-run-class.sh (KAFKA_JVM_PERFORMANCE_OPTS), so that a lab broker behaves like one.
const FLAGS = ['-server', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-XX:InitiatingHeapOccupancyPercent=35']
const LOG4J_2 = `status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
`
const LOG4J_1 = `log4j.rootLogger=INFO, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=[%d] %p %m (%c)%n
`

export const nodeFolder = (folder: string, id: number): string => join(folder, `node-${id}`)

/** The end of a broker's log, for an error message. */
export async function logTail(folder: string, id: number): Promise<string[]> {
  const text = await readFile(join(nodeFolder(folder, id), 'broker.log'), 'utf8')
  return lastLines(text, 12)
}

/** Writes the node's configuration and formats its data folder, unless that is done (KIP-631; SCRAM users by KIP-900). */
export async function formatNode(folder: string, state: LabState, node: NodePorts): Promise<void> {
  const own = nodeFolder(folder, node.id)
  const logDir = join(own, 'data')
  await mkdir(own, { recursive: true })
  const tlsDir = join(folder, 'tls')
  const plan = { options: state.options, node, nodes: state.nodes, logDir, tlsDir, bind: '127.0.0.1' }
  const properties = serverProperties({ ...plan, hostOf: () => '127.0.0.1' })
  await writeFile(join(own, 'server.properties'), propertiesText(properties))
  await writeFile(join(own, 'log4j.properties'), state.release.startsWith('3.') ? LOG4J_1 : LOG4J_2)
  if (await isThere(join(logDir, 'meta.properties'))) return
  const format = ['format', '-t', state.clusterId, '-c', join(own, 'server.properties'), ...scramUsers(state.options)]
  const args = [
    '-Xshare:auto',
    '-XX:TieredStopAtLevel=1',
    '-cp',
    `${state.libs}/*`,
    'kafka.tools.StorageTool',
    ...format,
  ]
  const { code, output } = await runProgram('java', args, { timeout: 60_000 })
  if (code === 0) return
  throw new UserError(`Kafka could not format the data folder of node ${node.id}`, {
    code: 'lab-start',
    hint: 'The lines below are Kafka’s own; a `config` line that it does not take is the usual cause.',
    details: lastLines(output, 8).map(message => ({ at: 'StorageTool', message })),
  })
}

/** Arguments of `kafka-storage format` that create the SCRAM users, as there is no broker yet to ask. */
export function scramUsers({ sasl }: KafkaLabOptions): string[] {
  if (sasl === undefined || sasl === 'plain') return []
  const users = Object.entries(USERS).map(
    ([name, password]) => `${sasl.toUpperCase()}=[name=${name},password=${password}]`,
  )
  return users.flatMap(user => ['--add-scram', user])
}

/** Starts the broker as a process of its own that outlives us, its output appended to broker.log. */
export async function spawnNode(folder: string, state: LabState, id: number): Promise<ProcessMark> {
  const own = nodeFolder(folder, id)
  const { heap } = state.options
  const log4j = state.release.startsWith('3.') ? '-Dlog4j.configuration=file:' : '-Dlog4j2.configurationFile='
  const settings = [
    ...(heap ? [`-Xmx${heap}`] : ['-Xms256m', '-Xmx512m']),
    '-Djava.awt.headless=true',
    `${log4j}${join(own, 'log4j.properties')}`,
  ]
  const args = [...FLAGS, ...settings, '-cp', `${state.libs}/*`, 'kafka.Kafka', join(own, 'server.properties')]
  const log = await open(join(own, 'broker.log'), 'a')
  try {
    const child = spawn('java', args, { cwd: own, detached: true, stdio: ['ignore', log.fd, log.fd] })
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    child.unref()
    return markOf(child.pid ?? 0)
  } finally {
    await log.close()
  }
}
