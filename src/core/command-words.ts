import { type Address, formatAddress, parseAddress } from './address.js'
import type { Rate } from './plan.js'

/** A word for a POSIX shell, in single quotes where it needs them. */
export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** The command that lists what the cluster of a source knows of runs. */
export const runsOnCluster = (source: string): string =>
  `spillway runs --cluster ${shellWord(formatAddress(clusterOf(parseAddress(source).address)))}`

const clusterOf = (address: Address): Address => {
  switch (address.kind) {
    case 'kafka': {
      const { topic: _topic, group: _group, ...cluster } = address
      return cluster
    }
    case 'rabbitmq': {
      const { queue: _queue, ...vhost } = address
      return vhost
    }
    case 'named':
      return { kind: 'named', cluster: address.cluster }
    default:
      return address satisfies never
  }
}

/** `--rate` as it can be typed again; a rate of both kinds gives two. */
export const rateFlags = (rate: Rate | undefined): string[] => [
  ...(rate?.messages === undefined ? [] : [`--rate ${rate.messages}`]),
  ...(rate?.bytes === undefined ? [] : [`--rate ${rate.bytes}B`]),
]
