import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../errors.js'
import { isThere } from '../is-there.js'
import { withLock } from '../lock.js'
import { lastLines, runProgram } from '../run-program.js'
import { KAFKA_RELEASES, type KafkaVersion } from './options.js'

// Brokers of 4.x log through Log4j 2, those of 3.9 through Log4j 1 (reload4j): Kafka binds to each at compile time.
const LOGGING: Record<KafkaVersion, readonly string[]> = {
  '4.1': [
    'org.apache.logging.log4j:log4j-slf4j-impl:2.25.3',
    'org.apache.logging.log4j:log4j-core:2.25.3',
    'org.apache.logging.log4j:log4j-1.2-api:2.25.3',
  ],
  '3.9': ['org.slf4j:slf4j-reload4j:1.7.36'],
}

/**
 * The folder with Kafka's jars of this version: broker, command-line tools, MirrorMaker 2. Maven resolves them once
 * into the lab folder; Maven and its settings decide from where. Throws a UserError with Maven's last lines.
 */
export async function resolveJars(home: string, version: KafkaVersion, say: (line: string) => void): Promise<string> {
  const folder = join(home, 'jars', `kafka-${KAFKA_RELEASES[version]}`)
  if (await isThere(folder)) return join(folder, 'libs')
  await withLock(join(home, 'jars', 'download.lock'), async () => {
    if (!(await isThere(folder))) await download(folder, version, say)
  })
  return join(folder, 'libs')
}

async function download(folder: string, version: KafkaVersion, say: (line: string) => void): Promise<void> {
  say(`downloading Kafka ${KAFKA_RELEASES[version]} jars by Maven (about 60 MB, once)`)
  const draft = `${folder}.partial`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  await writeFile(join(draft, 'pom.xml'), pom(version))
  const args = ['-B', '-ntp', 'dependency:copy-dependencies', '-DoutputDirectory=libs', '-DincludeScope=runtime']
  const { code, output } = await runProgram('mvn', args, { cwd: draft, timeout: 600_000 })
  if (code !== 0) {
    throw new UserError(`Maven could not resolve Kafka ${KAFKA_RELEASES[version]}`, {
      code: 'lab-download',
      hint: 'Check the network and Maven’s settings.xml, then run the same command again.',
      details: lastLines(output, 8).map(message => ({ at: 'mvn', message })),
    })
  }
  await rename(draft, folder)
}

/** The pom.xml that names what a lab broker needs; Maven adds what those need. */
export function pom(version: KafkaVersion): string {
  const release = KAFKA_RELEASES[version]
  const kafka = ['kafka_2.13', 'kafka-tools', 'connect-mirror'].map(name => `org.apache.kafka:${name}:${release}`)
  const dependencies = [...kafka, ...LOGGING[version]].map(dependency).join('\n')
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>spillway.lab</groupId>
  <artifactId>kafka</artifactId>
  <version>${release}</version>
  <packaging>pom</packaging>
  <dependencies>
${dependencies}
  </dependencies>
</project>
`
}

function dependency(coordinates: string): string {
  const [group, artifact, version] = coordinates.split(':')
  return `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`
}
