import { UserError } from '../../errors.js'
import { isThere } from '../is-there.js'
import { withLock } from '../lock.js'
import { lastLines, runProgram } from '../run-program.js'

const APT = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeout: 600_000 }

/**
 * Sees to it that Java 17 or later and Maven are on PATH. As root on Debian or Ubuntu it installs what is missing, after
 * saying so; elsewhere it throws a UserError that names what is missing.
 */
export async function ensureJava(lockFile: string, say: (line: string) => void): Promise<void> {
  if ((await missing()).length === 0) return
  await withLock(lockFile, async () => {
    const packages = await missing()
    if (packages.length > 0) await install(packages, say)
  })
}

/** Major version in what `java -version` prints (`openjdk version "17.0.15"`, `java version "1.8.0_402"`), or 0. */
export function javaMajor(text: string): number {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? []
  return Number(first === '1' ? second : first) || 0
}

async function missing(): Promise<string[]> {
  const [java, maven] = await Promise.all([runProgram('java', ['-version']), runProgram('mvn', ['-v'])])
  const packages: string[] = []
  if (java.code !== 0 || javaMajor(java.output) < 17) packages.push('default-jre-headless')
  if (maven.code !== 0) packages.push('maven')
  return packages
}

async function install(packages: readonly string[], say: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0 || !(await isThere('/etc/debian_version'))) {
    throw new UserError('The lab needs Java 17 or later and Maven, or a running Docker engine', {
      code: 'lab-needs-java',
      hint: `Install ${packages.join(' and ')}, start Docker, or set SPILLWAY_KAFKA_URL to a Kafka that is there.`,
    })
  }
  say(`installing ${packages.join(' and ')} by apt-get, because this machine has none`)
  await apt(['update'])
  await apt(['install', '-y', '--no-install-recommends', ...packages])
  const left = await missing()
  if (left.length > 0) {
    throw new UserError(`apt-get installed ${packages.join(' and ')}, but Java 17 or Maven is still missing`, {
      code: 'lab-needs-java',
      hint: 'Install a Java of version 17 or later by hand and put it first on PATH.',
    })
  }
}

async function apt(args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram('apt-get', args, APT)
  if (code === 0) return
  throw new UserError(`apt-get ${args.join(' ')} failed`, {
    code: 'lab-needs-java',
    hint: 'Install Java 17 or later and Maven by hand, then run the same command again.',
    details: lastLines(output, 8).map(message => ({ at: 'apt-get', message })),
  })
}
