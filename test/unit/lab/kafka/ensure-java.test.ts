import { beforeEach, expect, it } from 'vitest'
import { ensureJava } from '../../../../src/lab/kafka/java.js'
import { bareMachine } from '../bare-machine.js'

// Stands for apt-get: records its command line; installing makes a java of $DEFAULT_JAVA, or of 17 when asked for that.
const APT = `#!/bin/sh
echo "$@" >> "$BOX/argv"
program() { echo "#!/bin/sh
echo '$2'" > "$BOX/$1"; chmod +x "$BOX/$1"; }
case "$*" in
  *openjdk-17*) program java 'openjdk version "17.0.1"' ;;
  install*) program java "openjdk version \\"$DEFAULT_JAVA\\""; program mvn 'Apache Maven 3.8.7' ;;
esac
`
const { inBox, commands } = bareMachine(APT, ['sh', 'chmod'])
beforeEach(() => {
  process.env.DEFAULT_JAVA = '21'
})

const ensure = (machine: { root: boolean; debian: boolean }) => {
  const said: string[] = []
  return ensureJava(inBox('install.lock'), line => said.push(line), machine).then(() => said)
}

it('installs Java and Maven as root on Debian, and says so', async () => {
  expect(await ensure({ root: true, debian: true })).toEqual([
    'installing Java 17 and Maven by apt-get, because this machine has none',
  ])
  expect(await commands()).toEqual(['update', 'install -y --no-install-recommends default-jdk-headless maven'])
  expect(await ensure({ root: true, debian: true })).toEqual([])
})

it('asks for Java 17 by name where the default is older', async () => {
  process.env.DEFAULT_JAVA = '11.0.2'
  await ensure({ root: true, debian: true })
  expect((await commands()).at(-1)).toBe('install -y --no-install-recommends openjdk-17-jdk-headless')
})

it.each([
  { root: false, debian: true },
  { root: true, debian: false },
])('installs nothing where it may not (%j), and says what to do', async machine => {
  await expect(ensure(machine)).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining('Install Java 17 and Maven, or start Docker'),
  })
  await expect(commands()).rejects.toThrow('ENOENT')
})
