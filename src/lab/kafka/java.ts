import { UserError } from '../../errors.js'
import { aptGet, installing } from '../apt.js'
import { isThere } from '../is-there.js'
import { withLock } from '../lock.js'
import { lastLines, runProgram } from '../run-program.js'

// With a compiler, because the live tests run single-file Java programs (JEP 330).
const PACKAGES = ['default-jdk-headless', 'maven']

/** What decides whether we may install packages. */
export type Machine = { readonly root: boolean; readonly debian: boolean }

/**
 * Sees to it that Java 17 or later and Maven are on PATH. As root on Debian or Ubuntu it installs what is missing, after
 * saying so; elsewhere it throws a UserError that names what is missing.
 */
export async function ensureJava(lockFile: string, say: (line: string) => void, machine?: Machine): Promise<void> {
  if ((await missing()).length === 0) return
  await withLock(lockFile, async () => {
    const lacking = await missing()
    if (lacking.length === 0) return
    const on = machine ?? (await thisMachine())
    await installing(() => install(lacking, say, on))
  })
}

const thisMachine = async (): Promise<Machine> => ({
  root: process.getuid?.() === 0,
  debian: await isThere('/etc/debian_version'),
})

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

async function install(lacking: readonly string[], say: (line: string) => void, machine: Machine): Promise<void> {
  const names = lacking.join(' and ')
  if (!machine.root || !machine.debian) {
    throw new UserError('The lab needs Java 17 or later and Maven, or a running Docker engine', {
      code: 'lab-needs-java',
      hint: `Install ${names}, or start Docker, or set SPILLWAY_KAFKA_URL to a Kafka that is there.`,
    })
  }
  say(`installing ${names} by apt-get, because this machine has none`)
  await apt(['update'])
  await apt(['install', '-y', '--no-install-recommends', ...PACKAGES])
  // The default Java of Ubuntu 22.04 and Debian 11 is 11; both have 17 as well.
  if ((await missing()).includes('Java 17'))
    await apt(['install', '-y', '--no-install-recommends', 'openjdk-17-jdk-headless'])
  if ((await missing()).length === 0) return
  throw new UserError(
    `apt-get installed ${PACKAGES.join(' and ')}, but ${(await missing()).join(' and ')} is still missing`,
    {
      code: 'lab-needs-java',
      hint: 'Install a Java of version 17 or later by hand and put it first on PATH.',
    },
  )
}

async function apt(args: readonly string[]): Promise<void> {
  const { code, output } = await aptGet(args)
  if (code === 0) return
  throw new UserError(`apt-get ${args.join(' ')} failed`, {
    code: 'lab-needs-java',
    hint: 'Install Java 17 or later and Maven by hand, then run the same command again.',
    details: lastLines(output, 8).map(message => ({ at: 'apt-get', message })),
  })
}
