import { connect, type Link } from '../../brokers/kafka/link.js'
import { asKafka, type Place } from '../../core/address.js'
import type { Io, Presentation } from '../../io.js'
import { kafkaSettings } from '../../settings.js'

/** The connections of one command; the target's is the source's own within a cluster. */
export type Links = AsyncDisposable & { readonly source: Link; readonly target: Link }

type Ends = { readonly source: Place; readonly target?: Place | undefined; readonly config?: string | undefined }

/** Connects to both ends of a run. Throws UserError: unreachable, credentials, unknown cluster. */
export async function openLinks(ends: Ends, { io, present }: { io: Io; present: Presentation }): Promise<Links> {
  const context = { io, present, ...(ends.config === undefined ? {} : { config: ends.config }) }
  const source = await connect(await kafkaSettings(ends.source, context), io.soft)
  const other = ends.target && !sameCluster(ends.source, ends.target) ? ends.target : undefined
  const target = other ? await connect(await kafkaSettings(other, context), io.soft) : source
  return {
    source,
    target,
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]()
      if (target !== source) await target[Symbol.asyncDispose]()
    },
  }
}

function sameCluster(a: Place, b: Place): boolean {
  const name = (place: Place) => {
    const { cluster, brokers } = asKafka(place.address)
    return cluster ?? [...brokers].sort().join(',')
  }
  return name(a) === name(b)
}
