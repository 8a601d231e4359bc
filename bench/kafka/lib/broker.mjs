import { readFileSync, readlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { argumentsOf, listenerOn } from '../../lib/proc.mjs'

/**
 * @typedef {{ address: string, pid: number, dataDir: string, classPath: string, owned: boolean, stop: () => Promise<void> }} Broker
 * dataDir holds the partition folders; classPath is the broker's own, for Kafka's Java tools
 */

/** What the bench asks of the lab: one broker of 4.1, 1 GiB of heap, and deleted topics off the disk after a second. */
const OPTIONS = {
  name: 'bench',
  heap: '1g',
  source: 'java',
  config: { 'log.segment.delete.delay.ms': '1000' },
}

/**
 * Starts the lab's broker, or takes one that already runs on this machine.
 * @param {string | undefined} address host:port of a running broker
 * @param {(line: string) => void} say
 * @returns {Promise<Broker>}
 */
export async function openBroker(address, say) {
  if (address) return { ...describe(address), owned: false, stop: async () => {} }
  const { startKafka } = await import('../../../dist/lab/kafka/start.js')
  const lab = await startKafka(OPTIONS, say)
  return { ...describe(lab.brokers[0]), owned: true, stop: () => lab.stop() }
}

/** Finds process, data folder and class path of a broker from its port. Throws where none listens here. */
function describe(address) {
  const pid = listenerOn(Number(address.split(':').at(-1)))
  if (pid === undefined)
    throw new Error(`No process of this machine listens on ${address}: the bench needs a local broker`)
  const args = argumentsOf(pid)
  const here = readlinkSync(`/proc/${pid}/cwd`)
  const properties = args.findLast(arg => arg.endsWith('.properties'))
  const flag = args.findIndex(arg => arg === '-cp' || arg === '-classpath')
  if (properties === undefined || flag < 0)
    throw new Error(`Process ${pid} on ${address} is not a Kafka started by java -cp`)
  const text = readFileSync(resolve(here, properties), 'utf8')
  const classPath = args[flag + 1].split(':').map(part => resolve(here, part))
  return { address, pid, dataDir: text.match(/^log\.dirs=(.*)$/m)[1], classPath: classPath.join(':') }
}
