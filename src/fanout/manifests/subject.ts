import type { FanoutLook } from '../plan/options.js'

/** What a manifest is written for. */
export type ManifestSubject = {
  readonly look: FanoutLook
  /** The image to run: Spillway and the handler in it, or with no `command` the user's own consumer. */
  readonly image?: string
  /** Arguments of `spillway` for its own handler; absent for the user's own consumer. */
  readonly command?: readonly string[]
  /** The command that made it, for the first line. */
  readonly madeBy: string
}

/** Where consumers connect to: `host:9092,…` of Kafka, `amqp://host:5672/VHOST` of RabbitMQ; empty for a cluster that only spillway.yaml knows. */
export const serverOf = ({ source, system }: FanoutLook): string => {
  if (!source.includes('://')) return ''
  if (system === 'rabbitmq') return source.slice(0, source.lastIndexOf('/'))
  return /^kafka:\/\/([^/?]+)/.exec(source)?.[1] ?? ''
}

/** Whether the address leads by spillway.yaml, so that a process elsewhere needs that file. */
export const isNamed = ({ source }: FanoutLook): boolean => !source.includes('://')

/** What a consumer on the lanes needs to know, by name. Never a password. */
export const environmentOf = (look: FanoutLook): readonly (readonly [name: string, value: string])[] =>
  look.system === 'kafka'
    ? [
        ['SPILLWAY_TOPIC', look.topic],
        ['SPILLWAY_GROUP', look.group ?? ''],
        ['SPILLWAY_BOOTSTRAP', serverOf(look)],
        ['SPILLWAY_ISOLATION_LEVEL', 'read_committed'],
      ]
    : [
        ['SPILLWAY_QUEUES', (look.laneQueues ?? []).join(',')],
        ['SPILLWAY_SERVER', serverOf(look)],
      ]

/** A name that both Kubernetes and systemd take, at most 63 characters (RFC 1123 label). */
export const nameOf = ({ topic }: FanoutLook): string => {
  const label = `spillway-${topic}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  // A cut name keeps its end: the run is there.
  return label.length <= 63 ? label.replace(/-+$/, '') : `spillway-${label.slice(-50).replace(/^-+/, '')}`
}

/** More processes than lanes have nothing to do; of a source there can be only one. */
export const replicasOf = ({ reads, lanes }: FanoutLook): number => (reads === 'source' ? 1 : Math.max(1, lanes.length))
