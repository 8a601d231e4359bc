import { aptGet, installing } from '../../src/lab/apt.js'
import { isThere } from '../../src/lab/is-there.js'
import { lastLines, runProgram } from '../../src/lab/run-program.js'

const INSTALL = ['install', '-y', '--no-install-recommends', 'python3-pika']

/** The Python that has pika: the first on PATH, or the system's own, for which apt-get installs. Undefined where neither has. */
export async function pythonWithPika(): Promise<string | undefined> {
  for (const python of ['python3', '/usr/bin/python3'])
    if ((await runProgram(python, ['-c', 'import pika'])).code === 0) return python
  return undefined
}

/** Sees to it that there is pika, the client that is not ours (test/tools/rabbit-read.py): by apt-get as root on Debian or Ubuntu. */
export async function ensurePika(say: (line: string) => void): Promise<undefined> {
  if ((await pythonWithPika()) !== undefined) return
  if (process.getuid?.() === 0 && (await isThere('/etc/debian_version'))) {
    say('installing python3-pika by apt-get')
    const { output } = await installing(async () => {
      if ((await pythonWithPika()) !== undefined) return { output: '' }
      await aptGet(['update'])
      return aptGet(INSTALL)
    })
    if ((await pythonWithPika()) !== undefined) return
    throw new Error(`python3-pika could not be installed: ${lastLines(output, 4).join('; ')}`)
  }
  throw new Error('The live tests need Python 3 with pika: pip install pika, or apt-get install python3-pika')
}
