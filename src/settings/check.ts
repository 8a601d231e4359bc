import type { z } from 'zod'
import { type Detail, UserError } from '../errors.js'
import { describeIssue } from './issues.js'
import { type KafkaCluster, kafkaCluster, settingsFile, tlsFile, type UrlCluster, urlCluster } from './schema.js'
import type { Path, SettingsText } from './yaml.js'

/** A cluster after the check; `${NAME}` of unset variables may still stand in it. */
export type Cluster =
  | { readonly kind: 'kafka'; readonly fields: KafkaCluster }
  | { readonly kind: 'url'; readonly fields: UrlCluster }

/** Checks the whole file. Throws one UserError with every problem: its path, its line, what was probably meant. */
export const checkSettings = (file: SettingsText): ReadonlyMap<string, Cluster> => {
  const problems: Detail[] = []
  const check = <S extends z.ZodType>(schema: S, value: unknown, path: Path): z.infer<S> | undefined => {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    for (const issue of result.error.issues) problems.push(...describeIssue(issue, { schema, path, file }))
    return undefined
  }
  check(settingsFile, file.value ?? {}, [])
  const clusters = new Map<string, Cluster>()
  for (const [name, value] of rawClusters(file.value)) {
    const path = ['clusters', name]
    if (isRecord(value.tls)) check(tlsFile, value.tls, [...path, 'tls'])
    if ('url' in value && !('brokers' in value)) keep(clusters, name, 'url', check(urlCluster, value, path))
    else keep(clusters, name, 'kafka', check(kafkaCluster, value, path))
  }
  if (problems.length === 0) return clusters
  throw new UserError(`${file.path} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`, {
    code: 'settings',
    hint: 'Correct the file; nothing was started.',
    details: problems,
  })
}

// Read past an error at the root, so that a misspelt key there hides no problem of a cluster.
const rawClusters = (value: unknown): [string, Record<string, unknown>][] => {
  const clusters = isRecord(value) && isRecord(value.clusters) ? value.clusters : {}
  return Object.entries(clusters).filter((pair): pair is [string, Record<string, unknown>] => isRecord(pair[1]))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const keep = <K extends Cluster['kind']>(
  clusters: Map<string, Cluster>,
  name: string,
  kind: K,
  fields: Extract<Cluster, { kind: K }>['fields'] | undefined,
): void => {
  if (fields) clusters.set(name, { kind, fields } as Extract<Cluster, { kind: K }>)
}
