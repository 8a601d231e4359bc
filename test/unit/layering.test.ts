import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = new URL('../../src', import.meta.url).pathname
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(name => /(?<!\.d)\.ts$/.test(name))
  .sort()
const text = (file: string): string => readFileSync(join(SRC, file), 'utf8')

/** What a file imports: files under src by path, packages by name. `lazy` are dynamic imports. */
const imports = (file: string, lazy: boolean): string[] =>
  lazy ? importsOf(file, text(file), /\bimport\(\s*'([^']+)'/g) : importsOf(file, text(file))

const STATIC = /^(?:import|export)\b[^'"]*?from '([^']+)'|^import '([^']+)'/gms
const importsOf = (file: string, code: string, pattern = STATIC): string[] =>
  [...code.matchAll(pattern)]
    .map(match => match[1] ?? match[2] ?? '')
    .map(name => (name.startsWith('.') ? relative(SRC, join(SRC, file, '..', name)).replace(/\.js$/, '.ts') : name))

/** Static imports that are there at run time too: types are erased. */
const valueImports = (file: string): string[] => {
  const erased = text(file).replace(/^(?:import|export) type\b[^'"]*?from '[^']+'/gms, '')
  return importsOf(file, erased)
}

const INNER: Readonly<Record<string, readonly string[]>> = {
  core: ['core/', 'errors.ts'],
  drain: ['drain/', 'core/', 'errors.ts'],
  // What works lanes, what archives are made of, and what sends to other targets, are ports; lines of an index and portions of an archive are made in one place.
  brokers: [
    'brokers/',
    'core/',
    'errors.ts',
    'fanout/ports.ts',
    'archive/ports.ts',
    'archive/offset-lines.ts',
    'archive/portions.ts',
    'archive/zstd.ts',
    'replay/ports.ts',
    'reconcile/ports.ts',
  ],
  // What holds files of a run holds those of an archive.
  archive: ['archive/', 'core/', 'errors.ts', 'journal/durable.ts', 'journal/system-error.ts'],
  // Of its source a discard asks what a drain does.
  discard: ['discard/', 'drain/', 'core/', 'errors.ts'],
  ledger: ['ledger/', 'core/', 'errors.ts'],
  // Files are read by DuckDB, which has its one place.
  databases: ['databases/', 'core/', 'errors.ts', 'replay/rows/ports.ts', 'reconcile/ports.ts', 'archive/duckdb.ts'],
  // A mapping is a file of YAML, read and checked as settings are.
  replay: [
    'replay/',
    'core/',
    'errors.ts',
    'fanout/ports.ts',
    'archive/ports.ts',
    'settings/yaml.ts',
    'settings/issues.ts',
  ],
  // DuckDB has its one place, and the index of an archive its own reading.
  reconcile: ['reconcile/', 'core/', 'errors.ts', 'archive/duckdb.ts', 'archive/index-table.ts'],
  fanout: ['fanout/', 'core/', 'errors.ts'],
  journal: ['journal/', 'core/', 'errors.ts'],
  schedule: ['schedule/', 'core/', 'errors.ts'],
  runbook: ['runbook/', 'core/', 'errors.ts'],
  control: ['control/', 'core/', 'errors.ts'],
  report: ['report/', 'core/', 'errors.ts'],
  // The lab's verbs name its releases and services in their flags; those two files hold words only.
  commands: ['commands/', 'core/', 'errors.ts', 'io.ts', 'commander', 'lab/requests.ts', 'lab/kafka/options.ts'],
}
const inSource = (name: string): boolean => name.endsWith('.ts')

describe('imports point inward', () => {
  it.each(Object.entries(INNER))('%s imports only what lies further in', (folder, allowed) => {
    const wrong = files
      .filter(file => file.startsWith(`${folder}/`))
      .flatMap(file => imports(file, false).map(name => ({ file, name })))
      .filter(({ name }) => inSource(name) || folder === 'commands')
      .filter(({ name }) => !allowed.some(prefix => name.startsWith(prefix)))
    expect(wrong).toEqual([])
  })

  it.each([
    'kafkajs',
    'amqplib',
    'commander',
    'cli-progress',
    'chalk',
    'zod',
    'yaml',
    'pg',
    'mysql2/promise',
    'undici',
    '@duckdb/node-api',
    'croner',
  ])('%s has its one place', name => {
    const places: Readonly<Record<string, RegExp>> = {
      kafkajs: /^brokers\/kafka\//,
      amqplib: /^brokers\/rabbitmq\//,
      commander: /^(commands\/|present\/error\.ts)/,
      'cli-progress': /^(present|lab)\//,
      chalk: /^present\//,
      zod: /^(settings|lab|replay\/rows\/map)\//,
      yaml: /^(settings|runbook)\//,
      undici: /^fanout\/handlers\/http\//,
      'zx/core': /^verbs\/runbook\//,
      '@duckdb/node-api': /^archive\//,
      croner: /^schedule\//,
      pg: /^(databases|lab\/postgres)\//,
      'mysql2/promise': /^(databases|lab\/mysql)\//,
    }
    const importers = files.filter(file => [...imports(file, false), ...imports(file, true)].includes(name))
    expect(importers.filter(file => !places[name]?.test(file))).toEqual([])
  })

  it('loads commander and nothing else from elsewhere to print help', () => {
    const seen = new Set(['cli.ts'])
    for (const file of seen) if (inSource(file)) for (const name of valueImports(file)) seen.add(name)
    expect([...seen].filter(name => !inSource(name) && !name.startsWith('node:'))).toEqual(['commander'])
  })

  it('keeps files under 250 lines, and without default exports', () => {
    expect(files.filter(file => text(file).split('\n').length > 251)).toEqual([])
    expect(files.filter(file => /^export default\b/m.test(text(file)))).toEqual([])
  })
})
