import { chmod, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { UserError } from '../../errors.js'
import { isThere } from '../is-there.js'
import { withLock } from '../lock.js'
import { lastLines, type ProgramOptions, runProgram } from '../run-program.js'

/** The release of Debian whose RabbitMQ is a 4.0, and Erlang's where it keeps its programs. */
const SUITE = 'trixie'
const ERLANG = 'usr/lib/erlang'
const MODULES = 'asn1 crypto public-key mnesia runtime-tools ssl eldap inets os-mon parsetools syntax-tools tools xmerl'
const LIBRARIES = 'libc6 libgcc-s1 libstdc++6 libtinfo6 libsystemd0 libcap2 libssl3t64 libzstd1 zlib1g'
const PACKAGES = ['rabbitmq-server', 'erlang-base', ...MODULES.split(' ').map(name => `erlang-${name}`)]

/** Where the programs of a RabbitMQ are: its own, and those of the Erlang that runs it, if not the machine's. */
export type Programs = { readonly bin: string; readonly erlang?: string }

/**
 * The RabbitMQ 4 of Debian 13, its packages unpacked into the lab's folder beside whatever the machine has, once, with the C library
 * that they were built for. Needs apt-get and dpkg-deb, no root. Throws a UserError where it cannot be had.
 */
export async function ensureRabbit4(home: string, say: (line: string) => void): Promise<Programs> {
  const folder = join(home, 'rabbitmq-4')
  const programs = { bin: join(folder, 'usr/lib/rabbitmq/bin'), erlang: join(folder, ERLANG, 'bin') }
  if (await isThere(folder)) return programs
  await withLock(join(home, 'rabbitmq-4.lock'), async () => {
    if (await isThere(folder)) return
    say('fetching the RabbitMQ 4 of Debian 13 by apt-get (44 MB) into the lab’s folder; nothing is installed')
    const made = `${folder}.new`
    await rm(made, { recursive: true, force: true })
    await fetchPackages(join(made, 'apt'))
    await unpack(made, folder)
    await rename(made, folder)
  })
  return programs
}

async function fetchPackages(apt: string): Promise<void> {
  for (const each of ['lists/partial', 'cache/archives/partial']) await mkdir(join(apt, each), { recursive: true })
  const mirror = await mirrorOf()
  await writeFile(join(apt, 'sources.list'), `deb ${mirror} ${SUITE} main\n`)
  await writeFile(join(apt, 'status'), '')
  await writeFile(join(apt, 'apt.conf'), configOf(apt))
  const config = ['-c', join(apt, 'apt.conf')]
  await must('apt-get', [...config, 'update'])
  await must('apt-get', [...config, 'download', ...PACKAGES, ...LIBRARIES.split(' ')], { cwd: apt })
}

/** apt's state in a folder of its own, so that the machine's is neither read nor changed (apt.conf(5)). */
const configOf = (apt: string): string =>
  Object.entries({
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::State::status': join(apt, 'status'),
    'Dir::Cache': join(apt, 'cache'),
    'APT::Sandbox::User': '',
  })
    .map(([name, value]) => `${name} "${value}";\n`)
    .join('')

/** The loader and the libraries that the programs were linked with. */
const LOADER = 'usr/lib64/ld-linux-x86-64.so.2'
const LIBRARY_PATH = 'usr/lib/x86_64-linux-gnu'

/** The Debian mirror that this machine uses. */
async function mirrorOf(): Promise<string> {
  const { stdout } = await runProgram('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Origin: Debian'])
  const mirror = stdout.split('\n').find(line => /\/debian\/?$/.test(line))
  if (mirror !== undefined && process.arch === 'x64') return mirror
  throw new UserError('RabbitMQ 4 for the lab comes from Debian for amd64, and apt-get knows no Debian mirror here', {
    code: 'lab-needs-rabbitmq',
    hint: 'Start Docker, or leave --version away for the RabbitMQ of this machine.',
  })
}

async function unpack(root: string, final: string): Promise<void> {
  const apt = join(root, 'apt')
  for (const file of (await readdir(apt)).filter(name => name.endsWith('.deb')))
    await must('dpkg-deb', ['-x', join(apt, file), root])
  await rm(apt, { recursive: true })
  const script = join(root, ERLANG, 'bin/erl')
  const text = await readFile(script, 'utf8')
  await writeFile(script, text.replaceAll(`/${ERLANG}`, join(final, ERLANG)))
  // The virtual machine's own programs, and those that libraries start, such as os_mon's memsup.
  const files = await readdir(join(root, ERLANG), { recursive: true, withFileTypes: true })
  const programs = files.filter(each => each.isFile() && each.parentPath.endsWith('/bin'))
  for (const { parentPath, name } of programs) await wrap(join(parentPath, name), { root, final })
}

/** Puts a script in a program's place that starts it with the libraries that came with it, under the same process id (ld.so(8)). */
async function wrap(path: string, { root, final }: { root: string; final: string }): Promise<void> {
  if (!(await isElf(path))) return
  await rename(path, `${path}.elf`)
  const loader = join(final, LOADER)
  const libraries = join(final, LIBRARY_PATH)
  const program = join(final, relative(root, `${path}.elf`))
  await writeFile(path, `#!/bin/sh\nexec ${loader} --argv0 "$0" --library-path ${libraries} ${program} "$@"\n`)
  await chmod(path, 0o755)
}

async function isElf(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.toString('latin1') === '\x7fELF'
  } finally {
    await file.close()
  }
}

async function must(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<void> {
  const { code, output } = await runProgram(program, args, { timeout: 300_000, ...options })
  if (code === 0) return
  throw new UserError(`${program} could not fetch or unpack the RabbitMQ 4 of Debian 13`, {
    code: 'lab-needs-rabbitmq',
    hint: 'Start Docker, or leave --version away for the RabbitMQ of this machine.',
    details: lastLines(output, 6).map(message => ({ at: program, message })),
  })
}
