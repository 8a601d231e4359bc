import { UserError } from '../../errors.js'
import { installing } from '../apt.js'
import { apt, ourRights, type Rights } from '../install.js'
import { withLock } from '../lock.js'
import { runProgram } from '../run-program.js'

// With a compiler, because the live tests run single-file Java programs (JEP 330).
const PACKAGES = ['default-jdk-headless', 'maven']
const WANTED = { code: 'lab-needs-java', wanted: 'Java 17 or later and Maven' }

/**
 * Sees to it that Java 17 or later and Maven are on PATH. As root on Debian or Ubuntu it installs what is missing, after
 * saying so; elsewhere it throws a UserError that names what is missing.
 */
export async function ensureJava(lockFile: string, say: (line: string) => void, machine?: Rights): Promise<void> {
  if ((await missing()).length === 0) return
  await withLock(lockFile, async () => {
    const lacking = await missing()
    if (lacking.length === 0) return
    const on = machine ?? (await ourRights())
    await installing(() => install(lacking, say, on))
  })
}

/** Major version in what `java -version` prints (`openjdk version "17.0.15"`, `java version "1.8.0_402"`), or 0. */
export function javaMajor(text: string): number {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? []
  return Number(first === '1' ? second : first) || 0
}

async function missing(): Promise<('Java 17' | 'Maven')[]> {
  const [java, maven] = await Promise.all([runProgram('java', ['-version']), runProgram('mvn', ['-v'])])
  const hasJava = java.code === 0 && javaMajor(java.output) >= 17
  return [...(hasJava ? [] : ['Java 17' as const]), ...(maven.code === 0 ? [] : ['Maven' as const])]
}

async function install(lacking: readonly string[], say: (line: string) => void, machine: Rights): Promise<void> {
  const names = lacking.join(' and ')
  if (!machine.root || !machine.debian) {
    throw new UserError('The lab needs Java 17 or later and Maven, or a running Docker engine', {
      code: WANTED.code,
      hint: `Install ${names}, or start Docker, or set SPILLWAY_KAFKA_URL to a Kafka that is there.`,
    })
  }
  say(`installing ${names} by apt-get, because this machine has none`)
  await apt(['update'], WANTED)
  await apt(['install', '-y', '--no-install-recommends', ...PACKAGES], WANTED)
  // The default Java of Ubuntu 22.04 and Debian 11 is 11; both have 17 as well.
  if ((await missing()).includes('Java 17'))
    await apt(['install', '-y', '--no-install-recommends', 'openjdk-17-jdk-headless'], WANTED)
  if ((await missing()).length === 0) return
  throw new UserError(
    `apt-get installed ${PACKAGES.join(' and ')}, but ${(await missing()).join(' and ')} is still missing`,
    {
      code: WANTED.code,
      hint: 'Install a Java of version 17 or later by hand and put it first on PATH.',
    },
  )
}
