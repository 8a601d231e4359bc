import { javaArguments } from '../../tools/classes.js'
import { runProgram } from '../processes.js'

/** What Kafka's own Java client reads in a topic: see test/tools/ReadAll.java. */
export type Witness = {
  readonly records: number
  readonly sum: string
  readonly ids: { readonly seen: number; readonly lost: number; readonly twice: number }
  readonly keysSplit: number
  readonly outOfOrder: number
}

export type Range = { readonly from?: ReadonlyMap<number, string>; readonly to?: ReadonlyMap<number, string> }
export type Place = { readonly brokers: readonly string[]; readonly libs: string }

const FLAGS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx512m']

/** Reads a topic, or a range of it, as a committed reader. */
export async function witness({ brokers, libs }: Place, topic: string, range: Range = {}): Promise<Witness> {
  const bounds = (['from', 'to'] as const).flatMap(side => {
    const offsets = range[side]
    return offsets ? [`--${side}`, [...offsets].map(([partition, offset]) => `${partition}=${offset}`).join(',')] : []
  })
  const program = javaArguments(libs, 'test/tools/ReadAll.java')
  const args = [...FLAGS, ...program, brokers.join(','), topic, 'read_committed']
  const { code, out, err } = await runProgram('java', [...args, ...bounds], { timeoutMs: 120_000 })
  if (code !== 0) throw new Error(`the Java reader ended with ${code}: ${err}`)
  return JSON.parse(out)
}
