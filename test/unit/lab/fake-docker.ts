import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

// Records its command line, and answers as an engine with one stopped or running container.
const FAKE = `#!/bin/sh
for word in "$@"; do printf '%s\\t' "$word" >> "$FAKE_DOCKER/argv"; done
echo >> "$FAKE_DOCKER/argv"
case "$1 $2" in
  "image inspect") test -e "$FAKE_DOCKER/image" ;;
  "inspect --format") test -e "$FAKE_DOCKER/running" && echo true || echo false ;;
  "version --format") test -e "$FAKE_DOCKER/engine" && echo 28.0 || { echo 'Cannot connect to the Docker daemon' >&2; exit 1; } ;;
  "logs --tail") cat "$FAKE_DOCKER/log" ;;
  "exec "*) echo 'ok' ;;
  "start "*) echo 'no such container' >&2; exit 1 ;;
esac
`

/**
 * Puts a stand-in for the docker client first on PATH in every test of the file; its container has printed `log`. `commands`
 * are its command lines so far, words parted by tabs; `touch` makes there be an `engine`, an `image` or a `running` container.
 */
export function fakeDocker(log = '') {
  const { PATH } = process.env
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fake-docker-'))
    await writeFile(join(folder, 'docker'), FAKE)
    await chmod(join(folder, 'docker'), 0o755)
    await writeFile(join(folder, 'log'), `${log}\n`)
    Object.assign(process.env, { PATH: `${folder}:${PATH}`, FAKE_DOCKER: folder })
  })
  afterEach(async () => {
    process.env.PATH = PATH
    await rm(folder, { recursive: true })
  })
  return {
    folder: () => folder,
    commands: async () => (await readFile(join(folder, 'argv'), 'utf8')).trim().split('\t\n'),
    touch: (name: 'engine' | 'image' | 'running') => writeFile(join(folder, name), ''),
  }
}
